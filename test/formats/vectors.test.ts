/**
 * `test/vectors/run`: one file a case, named by its defect, for verifiers in any language. `OCCASIO_WRITE_VECTORS=1` writes
 * them anew from `cases.ts`.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadCore } from '../../host/runtime/core.ts';
import { formatVerdict, type Verdict } from '../../verifiers/formats/verdict.ts';
import { verifyRun, type RunExpectations } from '../../verifiers/verify.ts';
import { cases, type Case } from './cases.ts';
import { lacking } from '../support/lacking.ts';

const { core } = loadCore();
const folder = fileURLToPath(new URL('../vectors/run/', import.meta.url));

interface Vector {
  readonly about: string;
  readonly text?: string;
  readonly base64?: string;
  readonly expected: RunExpectations;
  readonly word: string;
  readonly findings: Case['findings'];
  readonly walker: Case['walker'];
}

if (process.env['OCCASIO_WRITE_VECTORS'] === '1') {
  for (const { name, bytes, expected = {}, ...rest } of cases) {
    const content = typeof bytes === 'string' ? { text: bytes } : { base64: Buffer.from(bytes).toString('base64') };
    writeFileSync(join(folder, `${name}.json`), `${JSON.stringify({ ...rest, expected, ...content }, null, 1)}\n`);
  }
}

const names = readdirSync(folder).filter((name) => name.endsWith('.json')).map((name) => name.slice(0, -5));
const vectors = new Map(names.map((name) => [name, JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8')) as Vector]));
const bytesOf = (v: Vector): Uint8Array => (v.base64 === undefined ? new TextEncoder().encode(v.text ?? '') : new Uint8Array(Buffer.from(v.base64, 'base64')));

/** Findings that failed: of each code the first. */
function findingsOf(verdict: Verdict): unknown[] {
  const seen = new Set<string>();
  return verdict.checks.flatMap((f) => {
    if (f.result !== 'failed' || seen.has(f.code ?? '')) return [];
    seen.add(f.code ?? '');
    return [[f.check, f.code, f.position?.row ?? null]];
  });
}

function* cut(bytes: Uint8Array, size: number): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.slice(at, at + size);
}

describe('run vectors', () => {
  it('are_those_that_the_cases_make_and_most_hold_a_defect', () => {
    expect(names.sort()).toEqual(cases.map((c) => c.name).sort());
    for (const { name, bytes } of cases) expect(bytesOf(vectors.get(name) as Vector), name).toEqual(typeof bytes === 'string' ? new TextEncoder().encode(bytes) : bytes);
    expect([...vectors.values()].filter((v) => v.word === 'failed').length).toBeGreaterThanOrEqual(50);
  });

  it.each(names)('%s', async (name) => {
    const v = vectors.get(name) as Vector;
    const verdict = await verifyRun(core, [bytesOf(v)], v.expected);
    expect({ word: verdict.word, findings: first(findingsOf(verdict), v.findings) }).toEqual({ word: v.word, findings: v.findings });
  });

  it.each(names)('%s_in_pieces_of_any_size', async (name) => {
    const v = vectors.get(name) as Vector;
    const whole = formatVerdict(core, await verifyRun(core, [bytesOf(v)], v.expected));
    for (const size of [1, 7, 600]) expect(formatVerdict(core, await verifyRun(core, cut(bytesOf(v), size), v.expected))).toEqual(whole);
  });
});

/** A defect in bytes breaks more than itself: there, what the vector names must be found, among what else is found. */
function first(found: readonly unknown[], wanted: readonly unknown[]): unknown[] {
  const has = (list: readonly unknown[], one: unknown): boolean => list.some((other) => JSON.stringify(other) === JSON.stringify(one));
  const form = JSON.stringify(wanted).includes('"form"') || JSON.stringify(wanted).includes('"hash-missing"');
  return form ? wanted.filter((one) => has(found, one)) : [...found];
}

const python = spawnSync('python3', ['--version']).status === 0;

describe.skipIf(lacking(!python, 'no python3: the walker in Python was not asked'))('a walker in Python written from the description of the chain alone', () => {
  const scratch = mkdtempSync(join(tmpdir(), 'occasio-walker-'));
  const said = new Map<string, string>();

  beforeAll(() => {
    const paths = names.map((name) => join(scratch, name));
    names.forEach((name, i) => writeFileSync(paths[i] as string, bytesOf(vectors.get(name) as Vector)));
    const run = spawnSync('python3', [fileURLToPath(new URL('../support/walker.py', import.meta.url)), ...paths], { encoding: 'utf8' });
    expect(run.stderr).toBe('');
    run.stdout.trim().split('\n').forEach((line, i) => said.set(names[i] as string, line));
    rmSync(scratch, { recursive: true, force: true });
  });

  it.each(names)('agrees_on_%s', async (name) => {
    const v = vectors.get(name) as Vector;
    const [word, rows, hash] = (said.get(name) ?? '').split(' ');
    if (v.walker !== null) expect(word).toBe(v.walker);
    const verdict = await verifyRun(core, [bytesOf(v)], v.expected);
    const chain = verdict.checks.some((c) => ['form', 'chain', 'end'].includes(c.check) && c.result === 'failed');
    // Ours is never the more lenient of the two.
    if (word === 'bad') expect(verdict.word).toBe('failed');
    if (!chain && verdict.rows > 0) expect([word, rows, hash]).toEqual(['ok', String(verdict.rows), verdict.last_hash]);
  });
});
