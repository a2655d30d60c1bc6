/** The vectors of test/vectors/core, in one value that bundles carry to every runtime. */
import canonical from '../vectors/core/canonical.json' with { type: 'json' };
import chain from '../vectors/core/chain.json' with { type: 'json' };
import globs from '../vectors/core/globs.json' with { type: 'json' };
import scan from '../vectors/core/scan.json' with { type: 'json' };
import sha256 from '../vectors/core/sha256.json' with { type: 'json' };
import tree from '../vectors/core/tree.json' with { type: 'json' };
import type { Vectors } from './play.ts';

// A JSON module's type has strings and arrays where the forms have words and tuples.
export const vectors = { canonical, chain, globs, scan, sha256, tree } as unknown as Vectors;
