/** Every vector that the verifier in Python has a word on, played by both: the table of what they say differently is empty. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { checkCheckpoint } from '../../verifiers/formats/checkpoint.ts';
import { parseBundle } from '../../verifiers/formats/bundle.ts';
import { parseDocument } from '../../verifiers/formats/document.ts';
import { parseVerifierKey } from '../../verifiers/formats/note.ts';
import { parsePredicate } from '../../verifiers/formats/predicate.ts';
import { checkProof } from '../../verifiers/formats/proof.ts';
import { parseStatement } from '../../verifiers/formats/statement.ts';
import { parsePublicKey, verifyEvidence, verifyRun, type Requirement, type RunExpectations } from '../../verifiers/verify/index.ts';
import { bytesFrom } from '../core/play.ts';
import { vectors as coreVectors } from '../core/vectors.ts';
import { deriveBytes } from '../derive/rows.ts';
import { loadCore } from '../support/core.ts';
import { lacking } from '../support/lacking.ts';
import { ask, differences, python } from './ask.ts';

const core = loadCore();
const folder = fileURLToPath(new URL('../vectors/', import.meta.url));
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

interface Vector {
  readonly text?: string;
  readonly base64?: string;
  readonly bundle?: string;
  readonly expected?: RunExpectations;
  readonly trusted?: readonly string[];
  readonly witnesses?: readonly string[];
  readonly options?: { readonly keys: readonly string[]; readonly require: readonly Requirement[]; readonly allow_unsigned: boolean; readonly witness_keys?: readonly string[]; readonly held?: readonly string[] };
}

type Answer = (vector: Vector, bytes: Uint8Array) => unknown;

const noted = (check: typeof checkCheckpoint | typeof checkProof): Answer => ({ trusted = [], witnesses = [] }, bytes) => {
  const said = check(core, bytes, trusted.map((key) => new Uint8Array(Buffer.from(key, 'hex'))), witnesses.flatMap((key) => parseVerifierKey(core, key) ?? []));
  return said.ok ? ['ok', said.witnesses.length] : [said.code, 0];
};

/** What the reader in TypeScript says of a vector, in the form of play.py. */
const ANSWERS: { readonly [kind: string]: Answer } = {
  run: ({ expected = {} }, bytes) => verifyRun(core, [bytes], expected),
  predicate: (_, bytes) => {
    const document = parseDocument(core, bytes);
    if (!document.ok) return [[document.code, null]];
    const parsed = parsePredicate(document.value);
    return parsed.ok ? [] : parsed.departures.map(({ code, member }) => [code, member]);
  },
  statement: (_, bytes) => {
    const parsed = parseStatement(core, bytes);
    return parsed.ok ? [] : [[parsed.code, parsed.member]];
  },
  bundle: (_, bytes) => {
    const document = parseDocument(core, bytes);
    if (!document.ok) return [[document.code, null]];
    const parsed = parseBundle(core, bytes, document);
    return parsed.ok ? parsed.bundle.manifest.map((code) => [code, null]) : parsed.departures.map(({ code, member }) => [code, member]);
  },
  coverage: (_, bytes) => deriveBytes(bytes).coverage.coverage,
  checkpoint: noted(checkCheckpoint),
  proof: noted(checkProof),
  verdict: ({ options: { keys, require, allow_unsigned, witness_keys = [], held = [] } = { keys: [], require: [], allow_unsigned: false } }, bytes) => {
    const trusted = keys.map((pem) => parsePublicKey(core, pem) ?? expect.unreachable());
    const checkpoints = { deviceKeys: trusted.map((key) => key.bytes), witnesses: witness_keys.map((key) => parseVerifierKey(core, key) ?? expect.unreachable()), held: held.map(bytesOf) };
    return verifyEvidence(core, { kind: 'bundle', bytes }, { keys: trusted, ...checkpoints, require, allowUnsigned: allow_unsigned });
  },
};

describe.skipIf(lacking(!python, 'no python3 of 3.9 or later: the second opinion was not asked'))('TypeScript and Python', () => {
  it.each(Object.entries(ANSWERS))('say_the_same_of_every_%s_vector', async (kind, answer) => {
    const names = readdirSync(join(folder, kind)).filter((name) => name.endsWith('.json'));
    const vectors = names.map((name) => JSON.parse(readFileSync(join(folder, kind, name), 'utf8')) as Vector);
    const inputs = vectors.map(({ text, base64, bundle }) => (base64 === undefined ? bytesOf(text ?? bundle ?? '') : new Uint8Array(Buffer.from(base64, 'base64'))));
    const typescript = await Promise.all(vectors.map((vector, i) => answer(vector, inputs[i] ?? expect.unreachable())));
    const { text: _, base64: __, bundle: ___, ...none }: Vector = {};
    const said = ask(vectors.map((vector, i) => ({ ...none, expected: vector.expected, trusted: vector.trusted, witnesses: vector.witnesses, options: vector.options, ask: kind, bytes: inputs[i] ?? expect.unreachable() })));
    expect(names.length).toBeGreaterThan(10);
    expect(differences(names, typescript, said)).toEqual([]);
  });

  it('say_the_same_of_every_vector_of_canonical_json', () => {
    const said = ask(coreVectors.canonical.map(({ profile, input }) => ({ ask: 'canonical', profile, bytes: bytesFrom(input) })));
    const typescript = coreVectors.canonical.map(({ profile, input }) => {
      const answer = core.canonicalize(bytesFrom(input), profile);
      return answer.ok ? Buffer.from(answer.bytes).toString('base64') : { code: answer.fault.code, offset: answer.fault.offset };
    });
    expect(differences(coreVectors.canonical.map(({ name, profile }) => `${name} ${profile}`), typescript, said)).toEqual([]);
  });

  it('say_the_same_of_every_chain_and_tree', () => {
    const chains = ask(coreVectors.chain.map(({ file }) => ({ ask: 'chain', bytes: bytesFrom(file) }))) as readonly { readonly departures: readonly unknown[] }[];
    // The walk in Python tells departures by check, the core by row.
    const sorted = (departures: readonly unknown[]): unknown => departures.map((one) => JSON.stringify(one)).sort();
    expect(differences(coreVectors.chain.map(({ name }) => name), coreVectors.chain.map(({ summary }) => ({ ...summary, departures: sorted(summary.departures) })), chains.map((one) => ({ ...one, departures: sorted(one.departures) })))).toEqual([]);
    const trees = ask(coreVectors.tree.map(({ row_hashes }) => ({ ask: 'tree', row_hashes }))) as readonly { readonly leaves: unknown }[];
    expect(differences(coreVectors.tree.map(({ name }) => name), coreVectors.tree.map(({ leaves }) => leaves), trees.map(({ leaves }) => leaves))).toEqual([]);
  });

  it('a_difference_would_be_in_the_table', () => {
    expect(differences(['a', 'b'], [{ word: 'failed', rows: 1 }, [1]], [{ word: 'verified', rows: 1 }, [1]])).toEqual([{ case: 'a', TypeScript: { word: '"failed"' }, Python: { word: '"verified"' } }]);
  });
});
