/**
 * What the core does, in types: bytes in, bytes out. Everything here is a pure function of its arguments. `core.ts` is the door that
 * gives it; callers import these names from there.
 */

/** A fault in attacker-controlled text: what is wrong, and at which byte of the input. */
export interface Fault {
  readonly code: JsonCode;
  /** Byte offset of the first byte that makes the text wrong. */
  readonly offset: number;
}

export type JsonCode =
  | 'syntax'
  | 'utf8'
  | 'bom'
  | 'surrogate'
  | 'control'
  | 'number-form'
  | 'number-range'
  | 'duplicate-name'
  | 'name'
  | 'depth'
  | 'size'
  | 'trailing'
  | 'empty';

/** `jcs` is RFC 8785. `row` keeps member order and refuses what a ledger row may not hold; `spec/json.md` has the table. */
export type Profile = 'jcs' | 'row';

export type Canonical = { readonly ok: true; readonly bytes: Uint8Array } | { readonly ok: false; readonly fault: Fault };

/** One departure of a chain from `spec/row.md`: which rule, which row (0-based), which byte of the file. */
export interface Departure {
  readonly code: ChainCode;
  readonly row: number;
  readonly offset: number;
}

export type ChainCode =
  | 'not-minimal' // valid JSON, but not the bytes that the row profile writes
  | 'not-json'
  | 'not-object'
  | 'duplicate-name'
  | 'name'
  | 'surrogate'
  | 'utf8'
  | 'bom'
  | 'number-form'
  | 'number-range'
  | 'depth'
  | 'line-too-long'
  | 'empty-line'
  | 'hash-missing' // `hash` absent, not 64 lower-case hex, or not the last member
  | 'prev-hash-missing' // likewise for `prev_hash`, which stands right before `hash`
  | 'hash-mismatch'
  | 'link-mismatch' // `prev_hash` is not the `hash` of the row before (64 zeros at row 0)
  | 'torn-line'; // the file ends without LF

export interface ChainSummary {
  /** Complete lines seen, wrong ones included. */
  readonly rows: number;
  readonly bytes: number;
  /** `hash` members of the first and last row as they stand, or null. */
  readonly firstHash: string | null;
  readonly lastHash: string | null;
  /**
   * Root (hex) of the tree of RFC 6962 over all rows: leaf = SHA-256(0x00 || `hash` of the row as it stands, 32 bytes). Null where it was not
   * asked for, or a row has no hash. It says nothing of a chain that has departures.
   */
  readonly root: string | null;
  /** All departures in the order of the file, the first 10,000 of them. */
  readonly departures: readonly Departure[];
  readonly departuresTotal: number;
}

/** A walk over a chain's bytes in bounded memory. Chunk borders do not matter. */
export interface ChainWalk {
  write(chunk: Uint8Array): void;
  end(): ChainSummary;
}

/** Many globs at once. A pattern matches a whole path; `docs/policy.md` has the grammar. Case and Unicode form are the caller's. */
export interface GlobSet {
  /** Indices, ascending, of the patterns that match. */
  match(path: string): readonly number[];
}

export interface GlobFault {
  readonly pattern: number;
  /** UTF-16 offset in that pattern. */
  readonly offset: number;
  readonly code: 'unclosed-class' | 'unclosed-brace' | 'bad-range' | 'too-many' | 'too-long' | 'control';
}

/**
 * One automaton over bytes, as `host/policy` builds it from a pattern: state 0 is dead, state 1 is the start.
 * `next[state * classes + classOf[byte]]` is the state after a byte; `accept[state]` is 1 where a match may end.
 */
export interface Automaton {
  readonly classOf: Uint8Array; // 256 entries
  readonly classes: number;
  readonly next: Uint16Array;
  readonly accept: Uint8Array;
}

/**
 * A rule of the scanner. With `keywords` the automaton is anchored: it is run from each place where one of the keywords
 * (ASCII, not empty, matched without regard to case where `fold`) begins; the longest match counts. With none it is a search automaton
 * that stays in an accepting state once it has matched: it tells whether the text matches, not where.
 */
export interface ScanRule {
  readonly keywords: readonly string[];
  readonly fold: boolean;
  readonly automaton: Automaton;
  /** A match counts only where the byte before it is no word byte (letter, digit, `_`), and the same for the byte after it. */
  readonly wordBefore: boolean;
  readonly wordAfter: boolean;
}

/** Bytes [start, end) that a rule matches. A search rule gives the whole text's range. */
export interface Finding {
  readonly rule: number;
  readonly start: number;
  readonly end: number;
}

export interface Scanner {
  /**
   * Findings in order of start. Those that overlap are joined, so that no byte of a match is left out: first those of one rule, then all,
   * under the rule of the one that starts first, then the longer, then the lower rule. Search rules come last, not joined.
   */
  scan(text: Uint8Array): readonly Finding[];
  /** The same before those of different rules are joined: in order of rule, then of start. */
  each(text: Uint8Array): readonly Finding[];
}

export interface Core {
  canonicalize(text: Uint8Array, profile: Profile): Canonical;
  /** SHA-256 (FIPS 180-4) of the parts as one message: 32 bytes. */
  sha256(...parts: Uint8Array[]): Uint8Array;
  /** HMAC-SHA-256 (RFC 2104): 32 bytes. */
  hmac(key: Uint8Array, ...parts: Uint8Array[]): Uint8Array;
  /**
   * `tree`: the summary has the root, for a fifth of the time more. `follows`: the bytes begin within a chain. The first line gives the link that
   * the next must have, and is not judged or counted itself.
   */
  chain(options?: { readonly tree?: boolean; readonly follows?: boolean }): ChainWalk;
  /** Hashes of leaves of an RFC 6962 tree over row hashes: for each 32 bytes of the input, 32 bytes. */
  treeLeaves(rowHashes: Uint8Array): Uint8Array;
  /** Hashes of its nodes: for each 64 bytes, which are two hashes, 32 bytes. */
  treeNodes(pairs: Uint8Array): Uint8Array;
  globs(patterns: readonly string[]): GlobSet | GlobFault;
  scanner(rules: readonly ScanRule[]): Scanner;
}
