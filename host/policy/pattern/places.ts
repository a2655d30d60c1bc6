/**
 * A pattern as a graph of places over bytes. Built from its end to its start, so that each place knows where it leads.
 * Places that ask for a byte carry a range; the others are passed without one.
 */
import type { AST } from '@eslint-community/regexpp';
import { CharSet, JS } from 'refa';
import type { Flags } from './syntax.ts';
import { utf8Sequences, type ByteRange } from './utf8.ts';

export type Assertion = 'start' | 'end' | 'line-start' | 'line-end' | 'word' | 'not-word';

export type PlaceNode =
  | { readonly op: 'match' }
  | { readonly op: 'byte'; readonly low: number; readonly high: number; readonly to: number }
  | { readonly op: 'either'; readonly to: number[] }
  | { readonly op: 'assert'; readonly what: Assertion; readonly to: number };

export interface Graph {
  readonly nodes: readonly PlaceNode[];
  readonly start: number;
}

export const MAX_PLACES = 20_000;
const MAX_REPEAT = 1_000;

/** A pattern that needs more places than there may be. */
export class TooCostly extends Error {}

export function buildGraph(pattern: AST.Pattern, flags: Flags): Graph {
  const builder = createBuilder(flags);
  const match = builder.add({ op: 'match' });
  const start = builder.alternatives(pattern.alternatives, match);
  return { nodes: builder.nodes, start };
}

interface Builder {
  readonly nodes: PlaceNode[];
  add(node: PlaceNode): number;
  alternatives(of: readonly AST.Alternative[], to: number): number;
}

function createBuilder(flags: Flags): Builder {
  const nodes: PlaceNode[] = [];
  const shared = new Map<string, number>();
  const add = (node: PlaceNode): number => {
    if (nodes.length >= MAX_PLACES) throw new TooCostly(`more than ${MAX_PLACES} places`);
    return nodes.push(node) - 1;
  };
  const byte = ([low, high]: ByteRange, to: number): number => {
    const key = `${low} ${high} ${to}`;
    const known = shared.get(key) ?? add({ op: 'byte', low, high, to });
    shared.set(key, known);
    return known;
  };
  const either = (to: readonly number[]): number => {
    const [only] = to;
    return to.length === 1 && only !== undefined ? only : add({ op: 'either', to: [...to] });
  };
  const set = (chars: CharSet, to: number): number =>
    either(chars.ranges.flatMap(({ min, max }) => utf8Sequences(min, max)).map((sequence) => sequence.reduceRight((next, range) => byte(range, next), to)));

  const alternatives = (of: readonly AST.Alternative[], to: number): number => either(of.map((a) => a.elements.reduceRight((next, element) => piece(element, next), to)));

  const repeat = (node: AST.Quantifier, to: number): number => {
    const { min, max, element } = node;
    if (min > MAX_REPEAT || (max !== Infinity && max > MAX_REPEAT)) throw new TooCostly(`a repetition of more than ${MAX_REPEAT}`);
    let at = to;
    if (max === Infinity) {
      const loop: number[] = [];
      at = add({ op: 'either', to: loop });
      loop.push(piece(element, at), to);
    } else {
      for (let i = min; i < max; i++) at = add({ op: 'either', to: [piece(element, at), to] });
    }
    for (let i = 0; i < min; i++) at = piece(element, at);
    return at;
  };

  const piece = (node: AST.Element, to: number): number => {
    switch (node.type) {
      case 'Character':
      case 'CharacterSet':
      case 'CharacterClass':
        return set(charsOf(node, flags), to);
      case 'Group':
      case 'CapturingGroup':
        return alternatives(node.alternatives, to);
      case 'Quantifier':
        return repeat(node, to);
      case 'Assertion':
        return add({ op: 'assert', what: assertionOf(node, flags), to });
      default:
        throw new TooCostly(`the construct ${node.raw.slice(0, 20)}`);
    }
  };
  return { nodes, add, alternatives };
}

function assertionOf(node: AST.Assertion, flags: Flags): Assertion {
  if (node.kind === 'start') return flags.multiline ? 'line-start' : 'start';
  if (node.kind === 'end') return flags.multiline ? 'line-end' : 'end';
  if (node.kind === 'word') return node.negate ? 'not-word' : 'word';
  throw new TooCostly('look-around');
}

/** Code points of one element. To the lenient grammar an astral character is a pair of surrogates: what takes those takes it. */
function charsOf(node: AST.Character | AST.CharacterSet | AST.CharacterClass, flags: Flags): CharSet {
  const given: JS.NonUnicodeSetsFlags = { ...flags, unicodeSets: false };
  const chars = JS.parseUnicodeSet(node, given).chars;
  if (flags.unicode) return chars;
  const all = chars.ranges.map(({ min, max }) => ({ min, max }));
  if (chars.has(0xd800)) all.push({ min: 0x10000, max: 0x10ffff });
  return CharSet.empty(0x10ffff).union(all);
}
