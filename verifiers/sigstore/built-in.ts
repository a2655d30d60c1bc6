/** The roots that are built in. Whoever verifies may name another one. */
import type { Core } from '../../core-wasm/core.ts';
import { PUBLIC_GOOD_ROOT } from './public-good.ts';
import { loadRoot, type Root } from './root.ts';

export const publicGoodRoot = (core: Core): Root => loadRoot(core, new TextEncoder().encode(PUBLIC_GOOD_ROOT), "Sigstore's public good instance");
