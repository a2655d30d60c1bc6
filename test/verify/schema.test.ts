/** The schemas for editors say what the readers say of every vector. */
import { readdirSync, readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';

const at = (path: string): URL => new URL(`../../${path}`, import.meta.url);
const read = (path: string): unknown => JSON.parse(readFileSync(at(path), 'utf8'));

describe.each([['predicate', 'agent-attestation-v1.1'], ['bundle', 'evidence-bundle-v1']])('the schema of a %s', (kind, name) => {
  const valid = new Ajv({ strict: false }).compile(read(`schemas/${name}.schema.json`) as object);
  it.each(readdirSync(at(`test/vectors/${kind}/`)))('agrees_on_%s', (file) => {
    const { text, expected } = read(`test/vectors/${kind}/${file}`) as { readonly text: string; readonly expected: readonly (readonly [string, string | null])[] };
    // A schema cannot hash.
    const faults = expected.filter(([code]) => code.startsWith('member-'));
    expect(valid(JSON.parse(text))).toBe(faults.length === 0);
  });
});
