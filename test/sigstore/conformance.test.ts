/** sigstore-conformance: every case as its name says, by file and by digest. */
import { describe, expect, it } from 'vitest';
import { loadRoot, publicGoodRoot, unexpected, verifySigstore } from '../../verifiers/sigstore/index.ts';
import { loadCore } from '../support/core.ts';
import { lacking } from '../support/lacking.ts';
import { conformanceCases, forms, noCorpora, whichCorpora, type ConformanceCase } from './conformance.ts';

const core = loadCore();
const cases = conformanceCases();

/** `verified`, or why not. */
function verdict(c: ConformanceCase, artifact: Parameters<typeof verifySigstore>[1]['artifact']): string {
  let root;
  try {
    root = c.root === null ? publicGoodRoot(core) : loadRoot(core, c.root, c.name);
  } catch (error) {
    return `trusted root: ${(error as Error).message}`;
  }
  const answer = verifySigstore(core, { bundle: c.bundle, artifact, key: c.key, root });
  if (!answer.ok) return `${answer.code}: ${answer.detail}`;
  return (c.key === null ? unexpected(answer.signer, { exact: c.identity }, { exact: c.issuer }) : null) ?? 'verified';
}

describe.skipIf(lacking(noCorpora, whichCorpora))('sigstore-conformance', () => {
  it('there_are_cases_of_both_kinds', () => {
    expect(cases.filter((c) => c.good).length).toBeGreaterThan(10);
    expect(cases.filter((c) => !c.good).length).toBeGreaterThan(20);
  });

  describe.each(forms)('by %s', (_form, artifactOf) => {
    it.each(cases)('$name', (c) => {
      const said = verdict(c, artifactOf(c.artifact));
      expect({ said, verified: said === 'verified' }).toEqual({ said, verified: c.good });
    });
  });
});
