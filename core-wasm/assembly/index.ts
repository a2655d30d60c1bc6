/**
 * The core's ABI; core.ts is its only caller. Addresses and lengths are u32.
 *
 * A call on bytes: `openInput(length)` gives the address to copy them to, the kernel then takes them from there. Answers lie where the
 * kernel says until the next call.
 */
import { BASE, openInput } from './memory';
import { canonicalForm, output } from './canonical';
import { faultAt, faultCode } from './fault';
import { sha256Begin, sha256End, sha256Update } from './sha256';
import { faultOf, faultOffset as globOffset, faultPattern } from './globcompile';
import { size } from './globtables';
import { hashAll } from './tree';

export { openInput };

/** Length of the canonical form of the input, or -1: then `fault` and `faultOffset` say what is wrong. */
export function canonicalize(length: usize, profile: u32): i32 {
  return canonicalForm(BASE, length, profile);
}
export function canonicalAt(): usize { return output; }
export function fault(): u32 { return faultCode; }
export function faultOffset(): usize { return faultAt - BASE; }

const DIGEST: usize = memory.data(32, 16);
export { sha256Begin };
export function sha256Input(length: usize): void { sha256Update(BASE, length); }
export function sha256Digest(): usize {
  sha256End(DIGEST);
  return DIGEST;
}

export { chainBegin, chainRoom, chainWrite, chainEnd } from './chain';

/** Hashes of the `n` pieces of the input, 32 bytes each (leaves) or 64 (nodes), in its place. */
export function treeHash(n: usize, size: usize): usize {
  hashAll(BASE, n, size, BASE);
  return BASE;
}

/** Address of the tables of the `count` patterns of the input, or 0: then the three `glob…` of a fault say what is wrong. */
export { compileGlobs } from './globcompile';
export function globTablesSize(tables: usize): usize { return size(tables); }
export function globFaultCode(): u32 { return faultOf; }
export function globFaultPattern(): u32 { return faultPattern; }
export function globFaultOffset(): usize { return globOffset; }
export { globLoad, globRoom, globMatch, globFound } from './glob';
export { scanLoad, scanRoom, scanRun, scanFound } from './scan';
