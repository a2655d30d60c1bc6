/** sigstore-conformance: every case as its name says, by file and by digest. */
import { describe, expect, it } from 'vitest';
import { loadCore } from '../support/core.ts';
import { lacking } from '../support/lacking.ts';
import { conformanceCases, forms, noCorpora, whichCorpora } from './conformance.ts';
import { judge } from './judge.ts';

const core = loadCore();
const cases = conformanceCases();

describe.skipIf(lacking(noCorpora, whichCorpora))('sigstore-conformance', () => {
  it('there_are_cases_of_both_kinds', () => {
    expect(cases.filter((c) => c.good).length).toBeGreaterThan(10);
    expect(cases.filter((c) => !c.good).length).toBeGreaterThan(20);
  });

  describe.each(forms)('by %s', (_form, artifactOf) => {
    it.each(cases)('$name', (c) => {
      const said = judge(core, c, artifactOf(c.artifact));
      expect({ said, verified: said === 'verified' }).toEqual({ said, verified: c.good });
    });
  });
});
