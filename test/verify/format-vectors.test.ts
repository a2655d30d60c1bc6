/**
 * `test/vectors/{predicate,statement,bundle,coverage}`: one text a file, named by its trait, for readers in any language.
 * `OCCASIO_WRITE_VECTORS=1` writes them anew from `format-cases.ts`.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseBundle } from '../../verifiers/formats/bundle.ts';
import { parseDocument } from '../../verifiers/formats/document.ts';
import { pae, parseSigned } from '../../verifiers/formats/envelope.ts';
import { parsePredicate } from '../../verifiers/formats/predicate.ts';
import { parseStatement } from '../../verifiers/formats/statement.ts';
import { deriveBytes } from '../derive/rows.ts';
import { formatCases, type FormatCase } from './format-cases.ts';
import { attested, bundleOf, bytesOf, core, linesOf, runRows, signed, textOf } from './make.ts';

const folder = fileURLToPath(new URL('../vectors/', import.meta.url));
const fileOf = ({ kind, name }: Pick<FormatCase, 'kind' | 'name'>): string => join(folder, kind, `${name}.json`);

/** Faults as pairs; of coverage everything that is counted. */
function saidOf(kind: FormatCase['kind'], text: string): unknown {
  const bytes = bytesOf(text);
  if (kind === 'coverage') return deriveBytes(bytes).coverage.coverage;
  if (kind === 'statement') {
    const parsed = parseStatement(core, bytes);
    return parsed.ok ? [] : [[parsed.code, parsed.member]];
  }
  const document = parseDocument(core, bytes);
  if (!document.ok) return [[document.code, null]];
  const parsed = kind === 'predicate' ? parsePredicate(document.value) : parseBundle(core, bytes, document);
  if (!parsed.ok) return parsed.departures.map(({ code, member }) => [code, member]);
  return 'bundle' in parsed ? parsed.bundle.manifest.map((code) => [code, null]) : [];
}

if (process.env['OCCASIO_WRITE_VECTORS'] === '1') {
  for (const one of formatCases) writeFileSync(fileOf(one), `${JSON.stringify({ about: one.about, text: one.text, expected: saidOf(one.kind, one.text) }, null, 1)}\n`);
}

describe.each(['predicate', 'statement', 'bundle', 'coverage'] as const)('%s vectors', (kind) => {
  const cases = formatCases.filter((one) => one.kind === kind);
  it('are_those_that_the_cases_make', () => {
    expect(readdirSync(join(folder, kind)).sort()).toEqual(cases.map((one) => `${one.name}.json`).sort());
  });

  it.each(cases.map((one) => [one.name, one] as const))('%s', (_, one) => {
    const vector = JSON.parse(readFileSync(fileOf(one), 'utf8')) as { readonly text: string; readonly expected: unknown };
    expect(vector.text).toBe(one.text);
    const said = saidOf(kind, vector.text);
    if (Array.isArray(one.expected)) for (const fault of one.expected) expect(said).toContainEqual(fault);
    else expect(said).toMatchObject(one.expected);
    if (Array.isArray(one.expected) && one.expected.length === 0) expect(said).toEqual([]);
    expect(said).toEqual(vector.expected);
  });
});

describe('hostile bytes', () => {
  it('give_an_answer_and_never_throw', async () => {
    const texts = [textOf(await bundleOf()), textOf(signed(await attested(linesOf(runRows())))), ...formatCases.filter((one) => one.kind === 'statement').map((one) => one.text)];
    fc.assert(fc.property(fc.constantFrom(...texts), fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 4 }), (text, flips) => {
      const bytes = bytesOf(text);
      for (const [at, byte] of flips) bytes[at % bytes.length] = byte;
      parseSigned(core, bytes);
      parseStatement(core, bytes);
      const document = parseDocument(core, bytes);
      if (!document.ok) return;
      parsePredicate(document.value);
      const parsed = parseBundle(core, bytes, document);
      if (parsed.ok) for (const row of parsed.bundle.rows()) expect(row.at(-1)).toBe(10);
    }), { seed: 20260301, numRuns: 400 });
  });

  it('pre_authentication_encodings_of_two_pairs_are_never_the_same', () => {
    fc.assert(fc.property(fc.string(), fc.uint8Array(), fc.string(), fc.uint8Array(), (a, x, b, y) => {
      const same = a === b && textOf(x) === textOf(y) && x.length === y.length;
      if (!same) expect(Buffer.from(pae(a, x)).equals(Buffer.from(pae(b, y))) && !(Buffer.from(bytesOf(a)).equals(Buffer.from(bytesOf(b))) && Buffer.from(x).equals(Buffer.from(y)))).toBe(false);
    }), { seed: 7, numRuns: 500 });
    expect(textOf(pae('http://example.com/HelloWorld', bytesOf('hello world')))).toBe('DSSEv1 29 http://example.com/HelloWorld 11 hello world');
  });
});
