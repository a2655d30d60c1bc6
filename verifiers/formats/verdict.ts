/**
 * A verdict: what was checked, in the order of `spec/verify.md`, and one word. It holds nothing of the machine that checked:
 * no clock, no path, no runtime. Canonical JSON, so that two verifiers can be compared byte by byte.
 */
import type { ChainCode, Core } from '../../core-wasm/core.ts';
import type { CoverCode } from './checkpoint.ts';
import { bug } from './error.ts';
import type { RunCode } from './run.ts';

export type Check = 'form' | 'chain' | 'run' | 'members' | 'time' | 'end' | 'head' | 'checkpoint' | 'signature';
export type Word = 'verified' | 'self-consistent' | 'open' | 'failed';
export type HeadCode = 'head-hash' | 'head-rows' | 'first-hash' | 'no-expectation';
export type FindingCode = ChainCode | RunCode | HeadCode | CoverCode | 'no-run-end' | 'no-rows' | 'unsigned';

export interface Position {
  readonly row: number;
  /** Of the row's first byte in the file. */
  readonly offset: number;
}

export interface Finding {
  readonly check: Check;
  /** A finding that is ok and has a code is a note. */
  readonly result: 'ok' | 'failed' | 'not checked';
  readonly code: FindingCode | null;
  readonly position: Position | null;
}

export interface Verdict {
  readonly verdict: 'occasio-run-verdict/v1';
  readonly word: Word;
  readonly run_id: string | null;
  readonly rows: number;
  readonly bytes: number;
  readonly first_hash: string | null;
  readonly last_hash: string | null;
  readonly previous_run: string | null;
  readonly kinds: { readonly [kind: string]: number };
  readonly actions: { readonly [action: string]: number };
  /** Hashes of the policies that were in force, in order. */
  readonly policies: readonly string[];
  readonly checks: readonly Finding[];
  /** Faults there are; `checks` lists the first 100 of a check. */
  readonly faults: number;
}

/** 0 for what holds as far as it goes, 1 for what failed. */
export function exitOf(word: Word): 0 | 1 {
  return word === 'failed' ? 1 : 0;
}

/** The verdict's own bytes (RFC 8785). */
export function formatVerdict(core: Core, verdict: object): Uint8Array {
  const canonical = core.canonicalize(new TextEncoder().encode(JSON.stringify(verdict)), 'jcs');
  return canonical.ok ? canonical.bytes : bug(`a verdict is not canonical JSON: ${canonical.fault.code}`);
}
