/** Evidence that is good but for what a seed changed in it: both verifiers give the same verdict, member by member and finding by finding. */
import { generateKeyPairSync, sign } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { isSignedBy, parsePublicKey } from '../../verifiers/keys.ts';
import { parseVerifierKey } from '../../verifiers/formats/note.ts';
import { verifyEvidence, type Requirement } from '../../verifiers/verify/index.ts';
import { parseStatement } from '../../verifiers/formats/statement.ts';
import { json, mutated } from '../core/json-make.ts';
import { random, seed, type Random } from '../core/random.ts';
import type { Row } from '../formats/cases.ts';
import { lacking } from '../support/lacking.ts';
import { attested, bundleOf, bytesOf, checkpointOf, core, gitRows, linesOf, ours, runRows, signed, textOf, witness, witnessKey, POLICY } from '../verify/make.ts';
import { ask, differences, python } from './ask.ts';

/** Values that readers in other languages take for others. */
const HOSTILE: readonly unknown[] = [null, true, false, 0, 1, -1, 2 ** 53 - 1, '', '…', 'x', '1', '\u2028', '\u0085', 'é', '\u{1f600}', '__proto__', 'a/b~c', [], {}, [null], ['a', 'a'], { a: 1 }, 'PASS', 'tool_call', 'request', '0'.repeat(64), 'f'.repeat(64), '2026-02-30T00:00:00.000Z', '2024-02-29T23:59:59.999Z'];
/** The same, written as no JSON.stringify writes them. */
const TEXTS = ['1.0', '-0', '1e2', '1.5', '9007199254740993', '1e400', '1e-400', '01', '"\\ud800"', '"\\u0061"', '"\\ud83d\\ude00"', '{"a":1,"a":2}', '{"__proto__":1}', '{"0":1}', '[1,]', 'NaN', '"\u2028"', '"\u0000"', ' 1', `${'['.repeat(300)}${']'.repeat(300)}`, `${'['.repeat(40)}${']'.repeat(40)}`];

interface Place {
  readonly holder: { [name: string]: unknown };
  readonly name: string;
}

function placesIn(value: unknown): readonly Place[] {
  if (typeof value !== 'object' || value === null) return [];
  const holder = value as { [name: string]: unknown };
  return Object.keys(holder).flatMap((name) => [{ holder, name }, ...placesIn(holder[name])]);
}

/** One value of a document changed, removed, doubled or added. */
function change(r: Random, value: unknown): void {
  const { holder, name } = r.pick(placesIn(value));
  const what = r.below(5);
  if (what === 0 && !Array.isArray(holder)) delete holder[name];
  else if (what === 1 && Array.isArray(holder)) holder.push(structuredClone(holder[0]));
  else if (what === 2 && !Array.isArray(holder)) holder[r.pick(['x', 'Action', 'a/b~c', 'hash', 'agent_id', 'is_repo', '__proto__x'])] = r.pick(HOSTILE);
  else holder[name] = structuredClone(r.pick(HOSTILE));
}

const anyRows = (r: Random): Row[] => (r.chance(0.5) ? gitRows() : runRows());

/** Rows changed and chained anew: the chain holds, what the rows say is strange. */
function strangeRows(r: Random): Row[] {
  const rows = anyRows(r);
  for (let i = 0; i <= r.below(3); i++) change(r, rows);
  return rows.filter((row) => typeof row === 'object' && row !== null && !Array.isArray(row));
}

const flipped = (r: Random, bytes: Uint8Array): Uint8Array => {
  const at = r.below(bytes.length);
  const kind = r.below(4);
  if (kind === 0) return Uint8Array.of(...bytes.subarray(0, at), ...bytes.subarray(at + 1));
  if (kind === 1) return Uint8Array.of(...bytes.subarray(0, at), r.pick([0, 9, 10, 13, 32, 34, 44, 92, 128, 255]), ...bytes.subarray(at));
  return bytes.map((byte, i) => (i === at ? byte ^ (1 << r.below(8)) : byte));
};

/** A value of the text replaced by one in a spelling of its own. */
function respelt(r: Random, text: string): string {
  const values = [...text.matchAll(/:(\d+|true|null|"[a-z-]*")/g)];
  const { index = 0, 0: whole } = r.pick(values);
  return `${text.slice(0, index + 1)}${r.pick(TEXTS)}${text.slice(index + whole.length)}`;
}

const strangeOrGood = (r: Random): Row[] => (r.chance(0.5) ? runRows() : strangeRows(r));
const otherRun = (): Row[] => runRows().map((row) => ({ ...row, run_id: 'another-run' }));
/** Over all rows or the first of them, by a trusted key or not, with a witness or not. */
const noted = (r: Random): string => checkpointOf({ size: r.pick([0, 3, 7]), key: r.pick([ours, ours, witness]), ...(r.chance(0.5) ? { cosigner: witness } : {}), ...(r.chance(0.2) ? { rows: gitRows() } : {}) });
const spoilt = (r: Random, note: string): string => (r.chance(0.5) ? note : new TextDecoder().decode(flipped(r, bytesOf(note))));

interface Mutant {
  readonly evidence: 'bundle' | 'attestation' | 'run';
  readonly bytes: Uint8Array;
  readonly sidecar?: Uint8Array;
  readonly chain?: Uint8Array;
  readonly beside?: Uint8Array;
}

const MUTANTS: { readonly [name: string]: { readonly rounds: number; make(r: Random): Promise<Mutant> } } = {
  'a byte of a bundle': { rounds: 80, make: async (r) => ({ evidence: 'bundle', bytes: flipped(r, await bundleOf({ rows: anyRows(r) })) }) },
  'a value of a bundle': {
    rounds: 60,
    make: async (r) => {
      const value: unknown = JSON.parse(textOf(await bundleOf({ rows: anyRows(r) })));
      change(r, value);
      return { evidence: 'bundle', bytes: bytesOf(JSON.stringify(value)) };
    },
  },
  'the spelling of a value of a bundle': { rounds: 60, make: async (r) => ({ evidence: 'bundle', bytes: bytesOf(respelt(r, textOf(await bundleOf({ rows: anyRows(r) })))) }) },
  'rows, attested and signed': { rounds: 80, make: async (r) => ({ evidence: 'bundle', bytes: await bundleOf({ rows: strangeRows(r) }) }) },
  'a signed predicate': {
    rounds: 40,
    make: async (r) => ({
      evidence: 'bundle',
      bytes: await bundleOf({
        rows: anyRows(r),
        predicate: (one) => {
          const copy: { subject: object; audit_chain: object } = structuredClone(one);
          change(r, copy);
          // What the statement itself takes from it stands.
          return { ...copy, subject: { ...copy.subject, run_id: one.subject.run_id }, audit_chain: { ...copy.audit_chain, last_hash: one.audit_chain.last_hash } };
        },
      }),
    }),
  },
  'a byte of a signature file': {
    rounds: 40,
    make: async (r) => {
      const predicate = await attested(linesOf(runRows()));
      return { evidence: 'attestation', bytes: bytesOf(JSON.stringify(predicate)), sidecar: flipped(r, signed(predicate)), chain: linesOf([...runRows(), ...(r.chance(0.3) ? runRows().slice(0, 1) : [])]) };
    },
  },
  'a checkpoint of a bundle': { rounds: 60, make: async (r) => ({ evidence: 'bundle', bytes: await bundleOf({ rows: strangeOrGood(r), checkpoints: [spoilt(r, noted(r)), noted(r)] }) }) },
  'what stands beside an attestation': {
    rounds: 60,
    make: async (r) => {
      const predicate = await attested(linesOf(runRows()));
      const value = { checkpoints: [noted(r)], policies: [{ text: POLICY }], run_id: predicate.subject.run_id, schema: 'occasio-sidecar/v1' };
      change(r, value);
      const beside = r.chance(0.5) ? bytesOf(JSON.stringify(value)) : flipped(r, bytesOf(JSON.stringify(value)));
      return { evidence: 'attestation', bytes: r.chance(0.8) ? bytesOf(JSON.stringify(predicate)) : bytesOf('[1]'), sidecar: signed(predicate), beside, ...(r.chance(0.8) ? { chain: linesOf(r.chance(0.8) ? runRows() : otherRun()) } : {}) };
    },
  },
  'the signature and the last rows of a bundle': { rounds: 20, make: async (r) => ({ evidence: 'bundle', bytes: await bundleOf({ rows: anyRows(r).slice(0, -r.below(3) || 99), key: r.chance(0.7) ? null : ours }) }) },
  'no line that is a row': { rounds: 20, make: (r) => Promise.resolve({ evidence: 'run', bytes: bytesOf(r.pick(['', '[]\n', '1\n2\n', '{"a":1}', '\n\n', '{"a":1}\n', '{"a":', '[1]\n{"a":1'])) }) },
  'a byte of a run': { rounds: 80, make: (r) => Promise.resolve({ evidence: 'run', bytes: flipped(r, linesOf(anyRows(r))) }) },
  'the spelling of a value of a run': { rounds: 60, make: (r) => Promise.resolve({ evidence: 'run', bytes: bytesOf(respelt(r, textOf(linesOf(anyRows(r))))) }) },
};

function verdictOf({ evidence, bytes, sidecar, chain, beside }: Mutant, require: readonly Requirement[], allowUnsigned: boolean, held: readonly string[]): Promise<unknown> {
  const witnesses = [parseVerifierKey(core, witnessKey) ?? expect.unreachable()];
  const options = { keys: [parsePublicKey(core, ours.pem) ?? expect.unreachable()], deviceKeys: [ours.raw], witnesses, held: held.map(bytesOf), require, allowUnsigned };
  if (evidence === 'bundle') return verifyEvidence(core, { kind: 'bundle', bytes }, options);
  if (evidence === 'run') return verifyEvidence(core, { kind: 'run', source: [bytes], policy: null }, options);
  return verifyEvidence(core, { kind: 'attestation', bytes, sidecar: sidecar ?? null, chain: chain === undefined ? null : [chain], policy: null, beside: beside ?? null }, options);
}

/** Kept by who verifies. */
const HELD = checkpointOf({ size: 2 });

const base64 = (bytes: Uint8Array | undefined): string | null => (bytes === undefined ? null : Buffer.from(bytes).toString('base64'));

describe.skipIf(lacking(!python, 'no python3 of 3.9 or later: the second opinion was not asked'))('TypeScript and Python', () => {
  it.each(Object.entries(MUTANTS))('give_one_verdict_where_%s_was_changed', async (name, { rounds, make }) => {
    const rs = Array.from({ length: rounds }, (_, i) => random(seed + i * 7919 + name.length));
    const mutants = await Promise.all(rs.map((r) => make(r)));
    const asked = rs.map((r) => ({ require: r.pick<readonly Requirement[]>([[], [], ['coverage', 'git'], ['policy', 'signature'], ['checkpoint']]), allow_unsigned: r.chance(0.5), held: r.chance(0.5) ? [HELD] : [] }));
    const typescript = await Promise.all(mutants.map((mutant, i) => verdictOf(mutant, asked[i]?.require ?? [], asked[i]?.allow_unsigned ?? false, asked[i]?.held ?? [])));
    const said = ask(mutants.map(({ evidence, bytes, sidecar, chain, beside }, i) => ({ ask: 'verdict', evidence, bytes, sidecar: base64(sidecar), chain: base64(chain), beside: base64(beside), options: { keys: [ours.pem], witness_keys: [witnessKey], ...asked[i] } })));
    expect(differences(mutants.map((_, i) => `OCCASIO_SEED=${seed}, round ${i}`), typescript, said)).toEqual([]);
    // The changes reach both sides of the verdict or this shows little.
    expect(typescript.filter((one) => (one as { readonly word: string }).word === 'failed').length).toBeGreaterThan(rounds / 4);
  });

  it('read_hostile_json_alike', () => {
    const rs = Array.from({ length: 800 }, (_, i) => random(seed + i));
    const inputs = rs.map((r) => {
      const text = bytesOf(json(r, { integers: r.chance(0.3), tight: r.chance(0.5) }));
      return r.chance(0.7) ? mutated(r, text) : text;
    });
    const profiles = rs.map((r) => r.pick(['jcs', 'row'] as const));
    const typescript = inputs.map((bytes, i) => {
      const answer = core.canonicalize(bytes, profiles[i] ?? 'jcs');
      return answer.ok ? Buffer.from(answer.bytes).toString('base64') : { code: answer.fault.code, offset: answer.fault.offset };
    });
    expect(differences(inputs.map((bytes, i) => `${profiles[i]} ${textOf(bytes)}`), typescript, ask(inputs.map((bytes, i) => ({ ask: 'canonical', profile: profiles[i], bytes }))))).toEqual([]);
  });

  it('print_numbers_alike', () => {
    const r = random(seed);
    const doubles = Array.from({ length: 2000 }, () => new Float64Array(Uint32Array.of(r.below(2 ** 32), r.below(2 ** 32)).buffer)[0] ?? 0).filter(Number.isFinite);
    const edges = [5e-324, 1.7976931348623157e308, 1e21, 1e20, 999999999999999900000, 1e-6, 1e-7, 123456789012345680000, 0.1, 1 / 3, 4.35, 2 ** 53, 2 ** 53 + 2, -1e-7, 100, 1e22];
    const numbers = [...edges, ...doubles];
    const said = ask(numbers.map((n) => ({ ask: 'canonical', profile: 'jcs', bytes: bytesOf(n.toExponential(20)) }))) as readonly string[];
    expect(differences(numbers.map(String), numbers.map((n) => String(Number(n.toExponential(20)))), said.map((text) => Buffer.from(text, 'base64').toString()))).toEqual([]);
  });

  it('read_changed_statements_alike', async () => {
    const text = textOf(Buffer.from((JSON.parse(textOf(signed(await attested(linesOf(runRows()))))) as { readonly dsseEnvelope: { readonly payload: string } }).dsseEnvelope.payload, 'base64'));
    const inputs = Array.from({ length: 300 }, (_, i) => {
      const r = random(seed + i);
      const value: unknown = JSON.parse(text);
      change(r, value);
      return bytesOf(r.chance(0.2) ? respelt(r, text) : JSON.stringify(value));
    });
    const typescript = inputs.map((bytes) => {
      const parsed = parseStatement(core, bytes);
      return parsed.ok ? [] : [[parsed.code, parsed.member]];
    });
    expect(differences(inputs.map((_, i) => `round ${i}`), typescript, ask(inputs.map((bytes) => ({ ask: 'statement', bytes }))))).toEqual([]);
  });

  it('judge_signatures_alike', () => {
    const message = bytesOf('what is signed');
    const r = random(seed);
    const cases = ['ed25519', 'p256'].flatMap((kind) => {
      const { publicKey, privateKey } = kind === 'ed25519' ? generateKeyPairSync('ed25519') : generateKeyPairSync('ec', { namedCurve: 'P-256' });
      const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
      const good = new Uint8Array(sign(kind === 'ed25519' ? null : 'sha256', message, privateKey));
      const bad = Array.from({ length: 25 }, () => flipped(r, good));
      return [good, ...bad, new Uint8Array(), good.subarray(0, 10), Uint8Array.of(...good, 0), malleable(kind, good)].map((signature) => ({ pem, signature, kind }));
    });
    const said = ask(cases.map(({ pem, signature }) => ({ ask: 'signature', pem, bytes: message, signature: base64(signature) })));
    const typescript = cases.map(({ pem, signature }) => isSignedBy(parsePublicKey(core, pem) ?? expect.unreachable(), signature, message));
    expect(differences(cases.map(({ kind, signature }) => `${kind} ${Buffer.from(signature).toString('hex')}`), typescript, said)).toEqual([]);
    expect(typescript.filter(Boolean).length).toBeGreaterThanOrEqual(2);
  });

  it('take_no_key_that_signs_everything', () => {
    const neutral = Uint8Array.of(1, ...new Uint8Array(31));
    const der = Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), neutral]);
    const pem = `-----BEGIN PUBLIC KEY-----\n${der.toString('base64')}\n-----END PUBLIC KEY-----\n`;
    expect(ask([{ ask: 'signature', pem, bytes: bytesOf('anything'), signature: base64(Uint8Array.of(...neutral, ...new Uint8Array(32))) }])).toEqual([false]);
  });
});

/** The other signature that one can make of a good one without the key. */
function malleable(kind: string, good: Uint8Array): Uint8Array {
  if (kind !== 'ed25519') return Uint8Array.of(0x30, 0x81, ...good.subarray(1));
  const l = 2n ** 252n + 27742317777372353535851937790883648493n;
  let s = good.subarray(32).reduce((sum, byte, i) => sum + (BigInt(byte) << BigInt(8 * i)), 0n) + l;
  const bytes = Uint8Array.from(good);
  for (let i = 32; i < 64; i++, s >>= 8n) bytes[i] = Number(s & 255n);
  return bytes;
}
