/** Predicates, statements, bundles and runs for coverage, each with one trait; what a reader in any language must say of them. */
import type { Predicate } from '../../verifiers/formats/predicate.ts';
import { formatStatement } from '../../verifiers/formats/statement.ts';
import type { Row } from '../formats/cases.ts';
import { attested, bundleOf, core, linesOf, runRows, textOf } from './make.ts';

export interface FormatCase {
  readonly kind: 'predicate' | 'statement' | 'bundle' | 'coverage';
  readonly name: string;
  readonly about: string;
  /** JSON text; of coverage the rows as lines. */
  readonly text: string;
  /** Faults, each `code` and `member` or null; of coverage the figures that matter. */
  readonly expected: readonly (readonly [code: string, member: string | null])[] | { readonly [figure: string]: unknown };
}

const good = await attested(linesOf(runRows()));
const old = await attested(linesOf(runRows()), { version: '1.0.0' });
const bundle = textOf(await bundleOf());

function predicate(name: string, about: string, change: (value: Row & { [part: string]: Row }) => void, expected: FormatCase['expected'], from: Predicate = good): FormatCase {
  const value = structuredClone(from) as never as Row & { [part: string]: Row };
  change(value);
  return { kind: 'predicate', name, about, text: JSON.stringify(value), expected };
}
const statement = (name: string, about: string, change: (text: string) => string, expected: FormatCase['expected']): FormatCase => ({ kind: 'statement', name, about, text: change(textOf(formatStatement(core, good))), expected });
const bundled = (name: string, about: string, change: (text: string) => string, expected: FormatCase['expected']): FormatCase => ({ kind: 'bundle', name, about, text: change(bundle), expected });
const coverage = (name: string, about: string, rows: readonly Row[], expected: FormatCase['expected']): FormatCase => ({ kind: 'coverage', name, about, text: rows.map((row) => `${JSON.stringify(row)}\n`).join(''), expected });

const request = (ids: readonly string[], more: Row = {}): Row => ({ kind: 'request', event_type: 'cloud_sent', model: 'm', message_id: 'msg', tool_use_ids: ids, unscanned: [], executed_upstream: [], complete: true, ...more });
const decided = (id: string, more: Row = {}): Row => ({ kind: 'tool_call', direction: 'inbound', tool_use_id: id, action: 'PASS', judged: {}, ...more });
const answered = (id: string, more: Row = {}): Row => ({ kind: 'tool_result', tool_use_id: id, carried_in: false, ...more });
const none = { issued: 0, decided: 0, answered: 0, superseded: 0, interrupted: 0, open: 0, carried_in: 0, undecided: 0, unissued: 0 };

export const formatCases: readonly FormatCase[] = [
  predicate('good', 'Every member of 1.1.0.', () => undefined, []),
  predicate('good-1-0-0', 'Every member of 1.0.0.', () => undefined, [], old),
  predicate('optional-members-absent', 'What 1.1.0 adds may be left out.', (p) => { delete p['coverage']; delete p['occasio']; delete (p['policy'] as Row)['history']; }, []),
  predicate('signature-of-another-tool', 'What another tool says of its signature.', (p) => { p['signature'] = { type: 'sigstore-cosign-keyless', identity: 'a', signed_at: '2026-03-01T12:00:00Z' }; }, []),
  predicate('member-missing', 'No policy.', (p) => { delete p['policy']; }, [['member-missing', '/policy']]),
  predicate('member-unknown', 'A claim that nobody defined.', (p) => { p['mediated_completely'] = true as never; }, [['member-unknown', '/mediated_completely']]),
  predicate('member-in-another-case', 'A member that a lenient reader would take for another.', (p) => { p['Coverage'] = {}; }, [['member-unknown', '/Coverage']]),
  predicate('pointer-escapes', 'A name with the two characters that a pointer escapes.', (p) => { p['a/b~c'] = {}; }, [['member-unknown', '/a~1b~0c']]),
  predicate('schema-version-unknown', 'A version to come.', (p) => { (p as Row)['schema_version'] = '1.2.0'; }, [['member-form', '/schema_version']]),
  predicate('later-member-at-1-0-0', 'A member of 1.1.0 in a predicate of 1.0.0.', (p) => { (p['audit_chain'] as Row)['complete'] = true; }, [['member-unknown', '/audit_chain/complete']], old),
  predicate('count-negative', 'Fewer than none.', (p) => { (p['execution_summary'] as Row)['blocked'] = -1; }, [['member-form', '/execution_summary/blocked']]),
  predicate('count-with-a-fraction', 'Half a call.', (p) => { (p['execution_summary'] as Row)['blocked'] = 0.5; }, [['member-form', '/execution_summary/blocked']]),
  predicate('count-beyond-2-53', 'A number that some readers round.', (p) => { (p['execution_summary'] as Row)['blocked'] = 2 ** 53; }, [['member-form', '/execution_summary/blocked']]),
  predicate('null-in-place-of-a-count', 'No number.', (p) => { (p['execution_summary'] as Row)['local'] = null; }, [['member-form', '/execution_summary/local']]),
  predicate('hash-in-capitals', 'A hash in another spelling.', (p) => { (p['audit_chain'] as Row)['last_hash'] = 'A'.repeat(64); }, [['member-form', '/audit_chain/last_hash']]),
  predicate('genesis-not-zeros', 'A chain that begins elsewhere.', (p) => { (p['audit_chain'] as Row)['genesis'] = 'a'.repeat(64); }, [['member-form', '/audit_chain/genesis']]),
  predicate('time-without-milliseconds', 'A time in another form.', (p) => { (p['agent'] as Row)['started_at'] = '2026-03-01T12:00:00Z'; }, [['member-form', '/agent/started_at']]),
  predicate('list-item-in-no-form', 'A refusal without its tool.', (p) => { (p['execution_summary'] as Row)['blocked_events'] = [{ rule: 'r', at_offset_s: 1 }]; }, [['member-missing', '/execution_summary/blocked_events/0/tool']]),
  predicate('list-too-long', 'More refusals than are listed.', (p) => { (p['execution_summary'] as Row)['blocked_events'] = Array.from({ length: 1001 }, () => ({ tool: 't', rule: 'r', at_offset_s: 1 })); }, [['member-form', '/execution_summary/blocked_events']]),
  predicate('object-in-place-of-a-list', 'A list that is none.', (p) => { (p['subject'] as Row)['files_changed'] = {}; }, [['member-form', '/subject/files_changed']]),

  statement('good', 'As it is signed.', (t) => t, []),
  statement('good-with-white-space', 'Another spelling of the same value.', (t) => JSON.stringify(JSON.parse(t), null, 1), []),
  statement('cut', 'It ends within.', (t) => t.slice(0, -1), [['statement-json', null]]),
  statement('something-behind-it', 'A second value.', (t) => `${t}{}`, [['statement-json', null]]),
  statement('type-of-version-0-1', 'An older form.', (t) => t.replace('Statement/v1', 'Statement/v0.1'), [['statement-type', '/_type']]),
  statement('predicate-type-with-a-slash', 'A type spelt alike.', (t) => t.replace('"predicateType":"https://github.com/occasiolabs/occasio/spec/agent-attestation/v1"', '"predicateType":"https://github.com/occasiolabs/occasio/spec/agent-attestation/v1/"'), [['predicate-type', '/predicateType']]),
  statement('subject-twice-under-one-name', 'The second one counts for some.', (t) => t.replace('"subject":[', '"subject":[],"subject":['), [['statement-json', null]]),
  statement('subject-no-list', 'One subject without its list.', (t) => t.replace(/"subject":\[(.*)\]\}$/, '"subject":$1}'), [['subject-count', '/subject']]),
  statement('subject-of-two-digests', 'A reader could go by the other.', (t) => t.replace('"digest":{"sha256"', '"digest":{"sha1":"x","sha256"'), [['member-unknown', '/subject/0/digest/sha1']]),
  statement('subject-with-annotations', 'A member that no check covers.', (t) => t.replace('"subject":[{', '"subject":[{"annotations":{},'), [['member-unknown', '/subject/0/annotations']]),
  statement('digest-not-hex', 'A digest in base64.', (t) => t.replace(/"sha256":"[0-9a-f]{64}"/, '"sha256":"AAAA"'), [['member-form', '/subject/0/digest/sha256']]),
  statement('member-unknown', 'A member of nobody.', (t) => t.replace('{"_type"', '{"note":1,"_type"'), [['member-unknown', '/note']]),
  statement('predicate-no-object', 'A predicate that is a text.', (t) => t.replace(/"predicate":\{.*\},"predicateType"/, '"predicate":"x","predicateType"'), [['member-form', '/predicate']]),

  bundled('good', 'As it is written.', (t) => t, []),
  bundled('attestation-altered', 'A figure is another.', (t) => t.replace('"blocked":1', '"blocked":0'), [['attestation-digest', null]]),
  bundled('row-altered', 'A row is another.', (t) => t.replace('"seq":3', '"seq":4'), [['slice-digest', null]]),
  bundled('rows-in-another-order', 'Two rows changed places.', (t) => t.replace(/("chain_slice":\[)(\{.*?"hash":"[0-9a-f]{64}"\}),(\{.*?"hash":"[0-9a-f]{64}"\})/, '$1$3,$2'), [['slice-digest', null]]),
  bundled('policy-altered', 'A rule is gone.', (t) => t.replace('deny_paths: [\\".env\\"]', 'deny_paths: []'), [['policy-digest', null]]),
  bundled('policy-left-out', 'The policy is null and its digest is not.', (t) => t.replace(/"policy_snapshot":\{"text":"[^}]*"\}/, '"policy_snapshot":null'), [['policy-digest', null]]),
  bundled('run-id-altered', 'Another run is named.', (t) => t.replace(/("run_id":")[^"]*/, '$1another'), [['bundle-digest', null]]),
  bundled('manifest-digest-altered', 'The digest of the digests is another.', (t) => t.replace(/("bundle_digest":")[0-9a-f]{64}/, `$1${'0'.repeat(64)}`), [['bundle-digest', null]]),
  bundled('row-no-object', 'A row that is a number.', (t) => t.replace('"chain_slice":[', '"chain_slice":[1,'), [['member-form', '/chain_slice/0']]),
  bundled('manifest-missing', 'No digests.', (t) => t.replace(/,"manifest":\{[^}]*\}/, ''), [['member-missing', '/manifest']]),
  bundled('good-with-policies-and-checkpoints', 'What may be left out is there; digests of the rest stay what they are.', (t) => t.replace(',"sigstore_bundle"', ',"policies":[{"text":"version: 1\\n"}],"checkpoints":["x"],"sigstore_bundle"'), []),
  bundled('checkpoints-no-list', 'One checkpoint without its list.', (t) => t.replace(',"sigstore_bundle"', ',"checkpoints":"x","sigstore_bundle"'), [['member-form', '/checkpoints']]),
  bundled('checkpoints-too-many', 'More than a verifier reads.', (t) => t.replace(',"sigstore_bundle"', `,"checkpoints":${JSON.stringify(Array.from({ length: 65 }, () => 'x'))},"sigstore_bundle"`), [['member-form', '/checkpoints']]),
  bundled('policies-without-text', 'A policy that is a text and no object.', (t) => t.replace(',"sigstore_bundle"', ',"policies":["x"],"sigstore_bundle"'), [['member-form', '/policies/0']]),
  bundled('braces-in-texts', 'Quotes and brackets in a text are no brackets.', (t) => t.replace('"chain_file":"run.jsonl"', '"chain_file":"\\"}],{\\\\"'), [['attestation-digest', null]]),

  coverage('good', 'Issued, decided, answered.', [decided('a'), request(['a']), answered('a'), request([])], { ...none, issued: 1, decided: 1, answered: 1 }),
  coverage('nothing', 'No rows at all.', [], none),
  coverage('rows-in-another-order', 'The order of rows says nothing of an id.', [answered('a'), request(['a']), decided('a')], { ...none, issued: 1, decided: 1, answered: 1 }),
  coverage('id-named-many-times', 'An id is counted once.', [decided('a'), decided('a'), request(['a', 'a']), request(['a']), answered('a'), answered('a')], { ...none, issued: 1, decided: 1, answered: 1 }),
  coverage('issued-and-not-decided', 'A gap.', [request(['a'])], { ...none, issued: 1, open: 1, undecided: 1 }),
  coverage('held-when-the-stream-broke-off', 'Never released, so no gap.', [request(['a'], { complete: false })], { ...none, issued: 1, interrupted: 1 }),
  coverage('answered-though-the-stream-broke-off', 'Released, and never decided.', [request(['a'], { complete: false }), answered('a')], { ...none, issued: 1, answered: 1, undecided: 1 }),
  coverage('answered-and-never-issued', 'A gap.', [answered('a')], { ...none, unissued: 1 }),
  coverage('carried-in', 'Of another run.', [answered('a', { carried_in: true })], { ...none, carried_in: 1 }),
  coverage('carried-in-and-issued-here', 'What was issued here was not carried in.', [decided('a'), request(['a']), answered('a', { carried_in: true })], { ...none, issued: 1, decided: 1, answered: 1 }),
  coverage('superseded', 'The conversation went on.', [decided('a'), request(['a']), request([])], { ...none, issued: 1, decided: 1, superseded: 1 }),
  coverage('open-as-another-agent-went-on', 'The next answer is of another agent.', [decided('a'), request(['a']), request([], { agent_id: 'x' })], { ...none, issued: 1, decided: 1, open: 1 }),
  coverage('open-as-another-model-answered', 'A side request for a title is another conversation.', [decided('a'), request(['a']), request([], { model: 'small' })], { ...none, issued: 1, decided: 1, open: 1 }),
  coverage('open-as-nothing-was-answered', 'A refused request does not carry it on.', [decided('a'), request(['a']), request([], { event_type: 'blocked' })], { ...none, issued: 1, decided: 1, open: 1 }),
  coverage('outbound-is-no-decision', 'A row about the result decides no call.', [decided('a', { direction: 'outbound' }), request(['a'])], { ...none, issued: 1, open: 1, undecided: 1 }),
  coverage('ids-that-differ-in-case', 'Two ids.', [decided('a'), request(['A'])], { ...none, issued: 1, decided: 1, open: 1, undecided: 1 }),
];
