/**
 * Known answers, once before the first verdict: a runtime whose cryptography has gaps rejects good signatures or, worse, takes
 * bad ones, and neither may look like a verdict on the evidence.
 */
import type { Core } from '../../core-wasm/core.ts';
import { OccasioError } from '../formats/error.ts';
import type { SigstoreAnswer } from './answer.ts';
import { KNOWN_BUNDLES, KNOWN_ROOT } from './known.ts';
import { loadRoot } from './root.ts';
import type { SigstoreInput } from './index.ts';

const ARTIFACT = 'known answer\n';
const passed = new WeakSet<Core>();

export function selfTest(core: Core, verify: (core: Core, input: SigstoreInput) => SigstoreAnswer): void {
  if (passed.has(core)) return;
  const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
  const root = loadRoot(core, bytes(KNOWN_ROOT), 'the self-test');
  const answer = (bundle: string, artifact: string): SigstoreAnswer => verify(core, { bundle: bytes(bundle), artifact: { bytes: bytes(artifact) }, key: null, root });
  KNOWN_BUNDLES.forEach((bundle, i) => {
    const good = answer(bundle, ARTIFACT);
    if (!good.ok) throw unfit(`known bundle ${i + 1} does not verify (${good.code}: ${good.detail})`);
    if (answer(bundle, `${ARTIFACT} `).ok) throw unfit(`known bundle ${i + 1} verifies for another artifact`);
    if (answer(tampered(bundle), ARTIFACT).ok) throw unfit(`known bundle ${i + 1} verifies with a changed statement`);
  });
  passed.add(core);
}

/** Another value of the predicate, everything else as it was. */
function tampered(bundle: string): string {
  const payload = /"payload":"([^"]+)"/.exec(bundle)?.[1] ?? '';
  return bundle.replace(payload, btoa(atob(payload).replace('"n":1', '"n":2')));
}

function unfit(found: string): OccasioError {
  return new OccasioError({ code: 'unsupported', cannot: 'verify signatures on', thing: 'this runtime', found: `the self-test failed: ${found}`, next: 'No verdict is given. Use another runtime or a newer version of this one.' });
}
