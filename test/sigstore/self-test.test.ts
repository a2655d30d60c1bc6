/** The known answers, and that a runtime that gives others gets no verdict. */
import { describe, expect, it } from 'vitest';
import type { SigstoreAnswer } from '../../verifiers/sigstore/index.ts';
import { verifySigstore } from '../../verifiers/sigstore/index.ts';
import { selfTest } from '../../verifiers/sigstore/self-test.ts';
import { loadCore as createCore } from '../support/core.ts';

describe('the self-test', () => {
  it('passes here, and is run once', () => {
    const core = createCore();
    let runs = 0;
    const counted: typeof verifySigstore = (...args) => {
      runs++;
      return verifySigstore(...args);
    };
    selfTest(core, counted);
    selfTest(core, counted);
    expect(runs).toBe(6);
  });

  it.each<[string, SigstoreAnswer]>([
    ['rejects everything', { ok: false, code: 'signature', detail: 'no default digest' }],
    ['takes everything', { ok: true, signer: { identity: 'x', kind: 'uri', issuer: 'y', digest: '' }, content: { kind: 'message', digest: new Uint8Array() }, logs: [], timestamps: [] }],
  ])('gives no verdict on a runtime that %s', (_name, answer) => {
    expect(() => selfTest(createCore(), () => answer)).toThrow(/self-test failed/);
  });
});
