/**
 * Runs with one defect each. `text` builds them from a good run: either the rows are chained anew, as somebody who can write
 * the whole file would, or its lines are changed as they stand.
 */
import { createHash } from 'node:crypto';

export type Row = { [name: string]: unknown };

export interface Case {
  /** The defect: the vector's file name. */
  readonly name: string;
  /** One sentence: what was done and why it must be found, or why it is good. */
  readonly about: string;
  readonly bytes: string | Uint8Array;
  readonly expected?: { readonly runId?: string; readonly firstHash?: string; readonly lastHash?: string; readonly rows?: number };
  readonly word: 'self-consistent' | 'open' | 'failed';
  /** Codes of the findings, each with the first row it names. */
  readonly findings: readonly (readonly [check: string, code: string, row: number | null])[];
  /** What a walker that knows the chain alone must say; null where it may say either. */
  readonly walker: 'ok' | 'bad' | null;
}

const ZEROS = '0'.repeat(64);
export const RUN = '3f0c9a52-7d1e-4b6a-9c58-2e4f6a8b0c1d';
const OTHER_RUN = '9a8b7c6d-5e4f-4a3b-8c2d-1e0f9a8b7c6d';

const who = (n: number, agent = 'claude-code', protocol = 'anthropic-messages'): Row => ({
  ts: `2026-03-01T12:00:0${n}.000Z`, event_id: `00000000-0000-4000-8000-00000000000${n}`, session_id: 'session-é', run_id: RUN, agent, protocol,
});
const H = 'a'.repeat(64);

export function goodRows(): Row[] {
  return [
    { ...who(0), kind: 'run_start', seq: 0, version: '1.0.0', core_sha256: H, runtime: 'node 20.19.0', pid: 4711, preset: 'balanced', cwd: '/project' },
    {
      ...who(1, 'occasio', 'internal'), kind: 'policy_loaded', tool_name: 'policy_loaded', tool_inputs: { policy_hash: H, policy_path: '/policy.yml', version: 1 },
      action: 'INFO', reason: 'policy-loaded', policy_source: 'user', seq: 1,
    },
    toolCall(2, 'PASS', '/project/grüße\u2028.txt'),
    { ...who(3), direction: 'outbound', kind: 'tool_result', seq: 3, tool_use_id: 'toolu_2', request_id: 'r1', door: 'wire', is_error: false, bytes: 12, secrets_redacted: 0, carried_in: false },
    toolCall(4, 'BLOCK', '/project/.env'),
    {
      audit_schema: 1, ...who(5), direction: 'outbound', kind: 'request', event_type: 'cloud_sent', model: 'model-1', cwd: '/project', input_tokens: 10, output_tokens: 9007199254740991,
      cache_read_tokens: 0, cache_write_tokens: 0, seq: 5, request_id: 'r1', route: '/v1/messages', status: 200, tool_use_ids: ['toolu_2', 'toolu_4'], unscanned: [], executed_upstream: [], complete: true,
    },
    { ...who(6), kind: 'run_end', seq: 6, reason: 'exit', counts: { run_start: 1, policy_loaded: 1, tool_call: 2, tool_result: 1, request: 1, PASS: 1, BLOCK: 1 } },
  ];
}

function toolCall(n: number, action: string, path: string): Row {
  return {
    ...who(n), direction: 'inbound', kind: 'tool_call', tool_name: 'read_file', tool_inputs: { path }, action, reason: 'path-denied', policy_source: 'user',
    result_kind: action.toLowerCase(), seq: n, tool_use_id: `toolu_${n}`, request_id: 'r1', door: 'wire', judged: { tool: 'read_file', quoted: '"\\\n\u0001' },
  };
}

/** Lines of a chain over these rows, as whoever writes the whole file makes them. */
export function chained(rows: readonly Row[], genesis = ZEROS): string[] {
  let prev_hash = genesis;
  return rows.map((row) => {
    const hashed = JSON.stringify({ ...row, prev_hash });
    prev_hash = createHash('sha256').update(hashed).digest('hex');
    return `${hashed.slice(0, -1)},"hash":"${prev_hash}"}`;
  });
}

const text = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('');
const good = chained(goodRows());
const hashOfLine = (line: string | undefined): string => JSON.parse(line ?? '{}').hash as string;

/** The good run with its rows changed and chained anew. */
function forged(change: (rows: Row[]) => Row[] | void): string {
  const rows = goodRows();
  return text(chained(change(rows) ?? rows));
}

/** The good run with its lines changed as they stand. */
function altered(change: (lines: string[]) => string[] | void): string {
  const lines = [...good];
  return text(change(lines) ?? lines);
}

function swap(lines: string[], n: number, from: string | RegExp, to: string): void {
  const before = lines[n] ?? '';
  lines[n] = before.replace(from, to);
  if (lines[n] === before) throw new Error(`bug: ${String(from)} is not in line ${n}`);
}

const bytesOf = (s: string): Uint8Array => new TextEncoder().encode(s);
const failed = (check: string, code: string, row: number | null): Pick<Case, 'word' | 'findings'> => ({ word: 'failed', findings: [[check, code, row]] });

export const cases: readonly Case[] = [
  { name: 'good', about: 'A whole run, with text outside ASCII, escapes and the largest integer.', bytes: text(good), word: 'self-consistent', findings: [], walker: 'ok' },
  { name: 'good-with-head', about: 'The same, and the index names its last row.', bytes: text(good), expected: { runId: RUN, rows: 7, firstHash: hashOfLine(good[0]), lastHash: hashOfLine(good[6]) }, word: 'self-consistent', findings: [], walker: 'ok' },
  { name: 'open', about: 'A run without run_end: its writer still runs, or was killed.', bytes: text(good.slice(0, 5)), word: 'open', findings: [], walker: 'ok' },
  { name: 'open-at-first-row', about: 'Power was cut between rows 0 and 1.', bytes: text(good.slice(0, 1)), word: 'open', findings: [], walker: 'ok' },
  { name: 'unknown-kind', about: 'A row of a kind that a later version writes is chained, counted and not interpreted.', bytes: forged((r) => { r[3] = { ...r[3], kind: 'weather' }; (r[6] as Row)['counts'] = { run_start: 1, policy_loaded: 1, tool_call: 2, weather: 1, request: 1, PASS: 1, BLOCK: 1 }; }), word: 'self-consistent', findings: [], walker: 'ok' },
  { name: 'unknown-member', about: 'A member that a later version writes is covered by the hash and not interpreted.', bytes: forged((r) => { r[2] = { ...r[2], weather: 'fine' }; }), word: 'self-consistent', findings: [], walker: 'ok' },
  { name: 'member-of-another-case', about: 'Action beside action: names are compared byte by byte, and only one is a member of a tool_call.', bytes: forged((r) => { r[2] = { ...r[2], Action: 'BLOCK' }; }), word: 'self-consistent', findings: [], walker: 'ok' },
  { name: 'clock-went-back', about: 'The wall clock was set back: honest, and noted.', bytes: forged((r) => { (r[4] as Row)['ts'] = '2026-03-01T11:00:00.000Z'; }), word: 'self-consistent', findings: [], walker: 'ok' },

  { name: 'empty-file', about: 'All rows were removed.', bytes: '', ...failed('run', 'empty', 0), walker: null },
  { name: 'tail-cut-head-known', about: 'The newest rows were removed; the index knows the last one.', bytes: text(good.slice(0, 5)), expected: { rows: 7, lastHash: hashOfLine(good[6]) }, word: 'failed', findings: [['head', 'head-rows', null], ['head', 'head-hash', null]], walker: 'ok' },
  { name: 'tail-replaced-head-known', about: 'The last row was written anew: as many rows, another head.', bytes: forged((r) => { (r[6] as Row)['reason'] = 'idle'; }), expected: { rows: 7, lastHash: hashOfLine(good[6]) }, ...failed('head', 'head-hash', null), walker: 'ok' },
  { name: 'forged-from-genesis-first-known', about: 'Every row was written anew from genesis; the index knows the first one.', bytes: forged((r) => { (r[0] as Row)['preset'] = 'off'; }), expected: { firstHash: hashOfLine(good[0]) }, ...failed('head', 'first-hash', null), walker: 'ok' },
  { name: 'head-of-another-run', about: 'First and last hash are swapped with those of another stream.', bytes: text(good), expected: { firstHash: hashOfLine(good[6]), lastHash: hashOfLine(good[0]), rows: 7 }, word: 'failed', findings: [['head', 'first-hash', null], ['head', 'head-hash', null]], walker: 'ok' },
  { name: 'torn-line', about: 'Power was cut within the last row.', bytes: text(good).slice(0, -40), ...failed('end', 'torn-line', 6), walker: 'bad' },
  { name: 'torn-line-of-one-byte-less', about: 'Only the last line feed is missing: a writer would go on in the same line.', bytes: text(good).slice(0, -1), ...failed('end', 'torn-line', 6), walker: null },

  { name: 'row-altered', about: 'A BLOCK became a PASS.', bytes: altered((l) => swap(l, 4, '"BLOCK"', '"PASS"')), word: 'failed', findings: [['chain', 'hash-mismatch', 4], ['run', 'end-counts', 6]], walker: 'bad' },
  { name: 'row-altered-and-rehashed', about: 'A row was altered and hashed again: the next one no longer follows.', bytes: altered((l) => { const rows = goodRows(); (rows[4] as Row)['action'] = 'PASS'; l[4] = chained(rows)[4] ?? ''; }), word: 'failed', findings: [['chain', 'link-mismatch', 5], ['run', 'end-counts', 6]], walker: 'bad' },
  { name: 'row-dropped', about: 'A row in the middle was removed.', bytes: altered((l) => { l.splice(4, 1); }), word: 'failed', findings: [['chain', 'link-mismatch', 4], ['run', 'seq', 4], ['run', 'end-counts', 5]], walker: 'bad' },
  { name: 'first-row-dropped', about: 'The run begins later than it did.', bytes: altered((l) => l.slice(1)), word: 'failed', findings: [['chain', 'link-mismatch', 0], ['run', 'no-run-start', 0], ['run', 'seq', 0], ['run', 'no-policy-loaded', 1], ['run', 'end-counts', 5]], walker: 'bad' },
  { name: 'rows-swapped', about: 'Two rows changed places.', bytes: altered((l) => { [l[3], l[4]] = [l[4] ?? '', l[3] ?? '']; }), word: 'failed', findings: [['chain', 'link-mismatch', 3], ['run', 'seq', 3]], walker: 'bad' },
  { name: 'row-twice', about: 'A row was repeated.', bytes: altered((l) => { l.splice(3, 0, l[3] ?? ''); }), word: 'failed', findings: [['chain', 'link-mismatch', 4], ['run', 'seq', 4], ['run', 'end-counts', 7]], walker: 'bad' },
  { name: 'row-inserted', about: 'A row with a hash of its own was put in between.', bytes: altered((l) => { l.splice(3, 0, chained([toolCall(3, 'PASS', '/x')], hashOfLine(l[2]))[0] ?? ''); }), word: 'failed', findings: [['chain', 'link-mismatch', 4], ['run', 'seq', 4], ['run', 'end-counts', 7]], walker: 'bad' },
  { name: 'row-of-another-run', about: 'A row of another run, chained in.', bytes: forged((r) => { (r[4] as Row)['run_id'] = OTHER_RUN; }), ...failed('run', 'run-id', 4), walker: 'ok' },
  { name: 'row-of-another-session', about: 'A row of another session, chained in.', bytes: forged((r) => { (r[4] as Row)['session_id'] = 'session-2'; }), ...failed('run', 'session-id', 4), walker: 'ok' },
  { name: 'file-of-another-run', about: 'A good run under the name of another.', bytes: text(good), expected: { runId: OTHER_RUN }, ...failed('run', 'run-id', 0), walker: 'ok' },
  { name: 'run-id-is-a-path', about: 'A run id that would lead out of the folder of runs.', bytes: forged((r) => { for (const row of r) row['run_id'] = '../../x'; }), ...failed('run', 'run-id', 0), walker: 'ok' },
  { name: 'previous-run-is-itself', about: 'A run that follows itself.', bytes: forged((r) => { r[0] = { ...r[0], previous_run: RUN }; }), ...failed('run', 'previous-run', 0), walker: 'ok' },
  { name: 'seq-missing', about: 'A row without its number.', bytes: forged((r) => { delete (r[3] as Row)['seq']; }), word: 'failed', findings: [['run', 'seq', 3], ['members', 'member-missing', 3]], walker: 'ok' },
  { name: 'seq-from-one', about: 'Numbers that begin with one.', bytes: forged((r) => { for (const row of r) row['seq'] = (row['seq'] as number) + 1; }), ...failed('run', 'seq', 0), walker: 'ok' },
  { name: 'seq-negative', about: 'A number below zero.', bytes: forged((r) => { (r[3] as Row)['seq'] = -1; }), word: 'failed', findings: [['run', 'seq', 3], ['members', 'member-form', 3]], walker: 'ok' },
  { name: 'genesis-not-zeros', about: 'A run that continues the chain of another file.', bytes: text(chained(goodRows(), H)), ...failed('chain', 'link-mismatch', 0), walker: 'bad' },
  { name: 'no-policy-loaded', about: 'Row 1 does not say which policy was in force.', bytes: forged((r) => { r.splice(1, 1); r.forEach((row, i) => (row['seq'] = i)); (r[5] as Row)['counts'] = { run_start: 1, tool_call: 2, tool_result: 1, request: 1, PASS: 1, BLOCK: 1 }; }), ...failed('run', 'no-policy-loaded', 1), walker: 'ok' },
  { name: 'run-start-again', about: 'Two runs in one file, chained into one.', bytes: forged((r) => { const again = { ...r[0], seq: 6 }; (r[6] as Row)['seq'] = 7; (r[6] as Row)['counts'] = { run_start: 2, policy_loaded: 1, tool_call: 2, tool_result: 1, request: 1, PASS: 1, BLOCK: 1 }; return [...r.slice(0, 6), again, r[6] as Row]; }), ...failed('run', 'run-start-again', 6), walker: 'ok' },
  { name: 'row-after-end', about: 'A row after run_end, chained.', bytes: forged((r) => { r.push({ ...toolCall(7, 'PASS', '/x') }); }), ...failed('run', 'after-end', 7), walker: 'ok' },
  { name: 'two-run-ends', about: 'A second run_end that counts the first.', bytes: forged((r) => { const end = r[6] as Row; r.push({ ...end, seq: 7, counts: { ...(end['counts'] as Row), run_end: 1 } }); }), ...failed('run', 'after-end', 7), walker: 'ok' },
  { name: 'end-counts-wrong', about: 'run_end tells of fewer refusals than stand in the rows.', bytes: forged((r) => { ((r[6] as Row)['counts'] as Row)['BLOCK'] = 0; }), ...failed('run', 'end-counts', 6), walker: 'ok' },
  { name: 'end-counts-invented', about: 'run_end counts a kind that does not stand there.', bytes: forged((r) => { ((r[6] as Row)['counts'] as Row)['approval'] = 1; }), ...failed('run', 'end-counts', 6), walker: 'ok' },
  { name: 'hash-stripped', about: 'A row was demoted by taking its hash away.', bytes: altered((l) => swap(l, 4, /,"hash":"[0-9a-f]{64}"/, '')), word: 'failed', findings: [['chain', 'hash-missing', 4]], walker: 'bad' },
  { name: 'both-hashes-stripped', about: 'A row was demoted to one that has no place in the chain.', bytes: altered((l) => swap(l, 4, /,"prev_hash":"[0-9a-f]{64}","hash":"[0-9a-f]{64}"/, '')), word: 'failed', findings: [['chain', 'hash-missing', 4]], walker: 'bad' },
  { name: 'hash-upper-case', about: 'The hash in capitals.', bytes: altered((l) => { l[6] = (l[6] ?? '').replace(/"hash":"([0-9a-f]{64})"\}$/, (_, h: string) => `"hash":"${h.toUpperCase()}"}`); }), ...failed('chain', 'hash-missing', 6), walker: 'bad' },
  { name: 'hash-not-last', about: 'A member after the hash is covered by nothing.', bytes: altered((l) => swap(l, 6, /\}$/, ',"note":"x"}')), ...failed('chain', 'hash-missing', 6), walker: 'bad' },
  { name: 'kind-missing', about: 'A row of no kind.', bytes: forged((r) => { delete (r[3] as Row)['kind']; (r[6] as Row)['counts'] = { run_start: 1, policy_loaded: 1, tool_call: 2, '…': 1, request: 1, PASS: 1, BLOCK: 1 }; }), ...failed('members', 'kind-form', 3), walker: 'ok' },
  { name: 'member-missing', about: 'A tool_call that does not say what was judged.', bytes: forged((r) => { delete (r[2] as Row)['judged']; }), ...failed('members', 'member-missing', 2), walker: 'ok' },
  { name: 'member-null', about: 'Null in the place of a member that is absent.', bytes: forged((r) => { (r[3] as Row)['tool_use_id'] = null; }), ...failed('members', 'member-form', 3), walker: 'ok' },
  { name: 'action-unknown', about: 'An action that is none.', bytes: forged((r) => { (r[2] as Row)['action'] = 'ALLOW'; (r[6] as Row)['counts'] = { run_start: 1, policy_loaded: 1, tool_call: 2, tool_result: 1, request: 1, ALLOW: 1, BLOCK: 1 }; }), ...failed('members', 'member-form', 2), walker: 'ok' },
  { name: 'ts-without-milliseconds', about: 'A time in another form.', bytes: forged((r) => { (r[2] as Row)['ts'] = '2026-03-01T12:00:02Z'; }), ...failed('time', 'time-form', 2), walker: 'ok' },
  { name: 'ts-of-no-day', about: 'The thirtieth of February.', bytes: forged((r) => { (r[2] as Row)['ts'] = '2026-02-30T12:00:02.000Z'; }), ...failed('time', 'time-form', 2), walker: 'ok' },

  { name: 'duplicate-member', about: 'Two actions in one row: readers disagree on which one counts.', bytes: altered((l) => swap(l, 4, '"action":"BLOCK"', '"action":"BLOCK","action":"PASS"')), word: 'failed', findings: [['form', 'duplicate-name', 4]], walker: 'bad' },
  { name: 'duplicate-member-escaped', about: 'The second one is spelt with an escape.', bytes: altered((l) => swap(l, 4, '"action":"BLOCK"', '"action":"BLOCK","\\u0061ction":"PASS"')), word: 'failed', findings: [['form', 'duplicate-name', 4]], walker: 'bad' },
  { name: 'white-space', about: 'A log shipper put a space in: the meaning is the same, the bytes are not.', bytes: altered((l) => swap(l, 3, '"seq":3', '"seq": 3')), word: 'failed', findings: [['form', 'not-minimal', 3]], walker: null },
  { name: 'escaped-text', about: 'A log shipper escaped what is outside ASCII.', bytes: altered((l) => { for (let i = 0; i < l.length; i++) l[i] = (l[i] ?? '').replaceAll('é', '\\u00e9'); }), word: 'failed', findings: [['form', 'not-minimal', 0]], walker: null },
  { name: 'members-sorted', about: 'A log shipper sorted the members.', bytes: altered((l) => l.map((line) => { const row = JSON.parse(line) as Row; return JSON.stringify(Object.fromEntries(Object.entries(row).sort(([a], [b]) => (a < b ? -1 : 1)))); })), ...failed('chain', 'hash-missing', 0), walker: 'bad' },
  { name: 'seq-beyond-2-53', about: 'A number that some readers round to another.', bytes: altered((l) => swap(l, 3, '"seq":3', '"seq":9007199254740993')), word: 'failed', findings: [['form', 'number-range', 3]], walker: 'bad' },
  { name: 'crlf', about: 'Line ends of another system.', bytes: altered((l) => { l[2] = `${l[2]}\r`; }), word: 'failed', findings: [['form', 'not-minimal', 2]], walker: null },
  { name: 'byte-order-mark', about: 'A byte order mark at the beginning.', bytes: `\ufeff${text(good)}`, word: 'failed', findings: [['form', 'bom', 0]], walker: 'bad' },
  { name: 'empty-line', about: 'An empty line between rows.', bytes: altered((l) => { l.splice(3, 0, ''); }), word: 'failed', findings: [['form', 'empty-line', 3]], walker: 'bad' },
  { name: 'two-rows-in-a-line', about: 'Two objects on one line.', bytes: altered((l) => { l.splice(2, 2, `${l[2]}${l[3]}`); }), word: 'failed', findings: [['form', 'not-json', 2]], walker: 'bad' },
  { name: 'array-row', about: 'A line that is JSON and no object.', bytes: altered((l) => { l[3] = '[]'; }), word: 'failed', findings: [['form', 'not-object', 3]], walker: 'bad' },
  { name: 'number-float', about: 'A fraction, which languages print differently.', bytes: forged((r) => { (r[3] as Row)['bytes'] = 0.5; }), word: 'failed', findings: [['form', 'number-form', 3], ['members', 'member-form', 3]], walker: null },
  { name: 'number-too-large', about: 'An integer that not every reader can hold.', bytes: altered((l) => swap(l, 5, '9007199254740991', '9007199254740992')), word: 'failed', findings: [['form', 'number-range', 5]], walker: 'bad' },
  { name: 'number-minus-zero', about: 'Minus zero.', bytes: altered((l) => swap(l, 3, '"secrets_redacted":0', '"secrets_redacted":-0')), word: 'failed', findings: [['form', 'number-form', 3]], walker: null },
  { name: 'member-proto', about: 'A member that some readers drop.', bytes: altered((l) => swap(l, 2, '"judged":{', '"judged":{"__proto__":{},')), word: 'failed', findings: [['form', 'name', 2]], walker: 'bad' },
  { name: 'member-array-index', about: 'A member that some readers move to the front.', bytes: altered((l) => swap(l, 2, '"judged":{', '"judged":{"7":1,')), word: 'failed', findings: [['form', 'name', 2]], walker: 'bad' },
  { name: 'lone-surrogate', about: 'Half a surrogate pair, which UTF-8 cannot hold.', bytes: altered((l) => swap(l, 2, '"read_file"', '"\\ud800"')), word: 'failed', findings: [['form', 'surrogate', 2]], walker: 'bad' },
  { name: 'invalid-utf8', about: 'A byte that is no UTF-8.', bytes: (() => { const b = bytesOf(text(good)); b[b.indexOf(0xc3)] = 0xff; return b; })(), word: 'failed', findings: [['form', 'utf8', 0]], walker: 'bad' },
  { name: 'nul-byte', about: 'A disk that lost a block gives zeros.', bytes: altered((l) => { l[3] = '\u0000'.repeat(64); }), word: 'failed', findings: [['form', 'not-json', 3]], walker: 'bad' },
  { name: 'depth-33', about: 'An object nested deeper than a row may be.', bytes: altered((l) => swap(l, 2, '"judged":{', `"judged":{"a":${'['.repeat(31)}${']'.repeat(31)},`)), word: 'failed', findings: [['form', 'depth', 2]], walker: 'bad' },
];
