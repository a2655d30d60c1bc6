/** Every kernel with its oracle, for `npm test` and for `npm run fuzz`. */
import { canonical, utf8 } from './canonical.ts';
import { chains, lines } from './chains.ts';
import { hashes } from './hashes.ts';
import { globs, scan } from './matchers.ts';
import { ends, traps } from './memory.ts';
import type { Target } from './target.ts';

export { random } from '../random.ts';
export const targets: readonly Target[] = [canonical, utf8, chains, lines, globs, scan, hashes, ends, traps];
