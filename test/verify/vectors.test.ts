/**
 * `test/vectors/verdict`: one bundle a file, named by its defect, with the options of who verifies and the whole list of findings, for verifiers in
 * any language. A verifier without a policy room gives the same. `OCCASIO_WRITE_VECTORS=1` writes them anew from `cases.ts`.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { EvidenceFinding, EvidenceVerdict } from '../../verifiers/formats/evidence.ts';
import { parseVerifierKey } from '../../verifiers/formats/note.ts';
import { parsePublicKey, verifyEvidence, type Requirement, type VerifyOptions } from '../../verifiers/verify/index.ts';
import { cases, type VerdictCase } from './cases.ts';
import { bytesOf, core, ours, textOf } from './make.ts';

const folder = fileURLToPath(new URL('../vectors/verdict/', import.meta.url));
const all = await cases();

interface Vector {
  readonly about: string;
  readonly options: { readonly keys: readonly string[]; readonly require: readonly string[]; readonly allow_unsigned: boolean; readonly witness_keys?: readonly string[]; readonly held?: readonly string[] };
  readonly word: string;
  readonly findings: readonly (readonly [check: string, result: string, code: string | null, position: unknown])[];
  readonly bundle: string;
}

const given = ({ options = {} }: VerdictCase): Vector['options'] => ({ keys: options.keys ?? [ours.pem], require: options.require ?? [], allow_unsigned: options.allow_unsigned ?? false, ...(options.witness_keys === undefined ? {} : { witness_keys: options.witness_keys }), ...(options.held === undefined ? {} : { held: options.held }) });

async function verify(bundle: Uint8Array, { keys, require, allow_unsigned, witness_keys = [], held = [] }: Vector['options']): Promise<EvidenceVerdict> {
  const trusted = keys.map((pem) => parsePublicKey(core, pem) ?? expect.unreachable());
  const checkpoints = { deviceKeys: trusted.map((key) => key.bytes), witnesses: witness_keys.map((text) => parseVerifierKey(core, text) ?? expect.unreachable()), held: held.map(bytesOf) };
  const options: VerifyOptions = { keys: trusted, ...checkpoints, require: require as readonly Requirement[], allowUnsigned: allow_unsigned };
  return verifyEvidence(core, { kind: 'bundle', bytes: bundle }, options);
}

const listed = (checks: readonly EvidenceFinding[]): Vector['findings'] => checks.map(({ check, result, code, position }) => [check, result, code, position]);

function placeOf(position: EvidenceFinding['position']): string | number | undefined {
  if (position === null) return undefined;
  return 'member' in position ? position.member : 'row' in position ? position.row : position.offset;
}

if (process.env['OCCASIO_WRITE_VECTORS'] === '1') {
  for (const one of all) {
    const verdict = await verify(one.bytes, given(one));
    const vector: Vector = { about: one.about, options: given(one), word: verdict.word, findings: listed(verdict.checks), bundle: textOf(one.bytes) };
    const { findings, ...rest } = vector;
    writeFileSync(join(folder, `${one.name}.json`), `${JSON.stringify(rest, null, 1).slice(0, -2)},\n "findings": [\n${findings.map((f) => `  ${JSON.stringify(f)}`).join(',\n')}\n ]\n}\n`);
  }
}

const names = readdirSync(folder).filter((name) => name.endsWith('.json')).map((name) => name.slice(0, -5));
const read = (name: string): Vector => JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8')) as Vector;

describe('verdict vectors', () => {
  it('are_those_that_the_cases_make', () => {
    expect(names.sort()).toEqual(all.map((one) => one.name).sort());
  });

  it.each(all.map((one) => [one.name, one] as const))('%s', async (name, one) => {
    const vector = read(name);
    expect([vector.bundle, vector.options]).toEqual([textOf(one.bytes), given(one)]);
    const verdict = await verify(bytesOf(vector.bundle), vector.options);
    const failed = verdict.checks.filter((finding) => finding.result === 'failed').map(({ check, code, position }) => [check, code, ...(placeOf(position) === undefined ? [] : [placeOf(position)])]);
    // A defect in bytes breaks more than itself: what the case names must be found, and its first finding first.
    for (const wanted of one.failed) expect(failed.map((finding) => finding.slice(0, wanted.length)), JSON.stringify(failed)).toContainEqual(wanted);
    expect([failed.length > 0, verdict.word]).toEqual([one.failed.length > 0, one.word]);
    expect([verdict.word, listed(verdict.checks)]).toEqual([vector.word, vector.findings]);
  });
});
