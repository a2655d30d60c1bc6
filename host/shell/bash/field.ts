/**
 * From the units of a word to the fields a program gets: braces, tilde, variables, splitting, quote removal, in the order
 * of the Bash manual, 3.5. File names are not put in the place of globs; `glob` says that the shell would.
 */
import type { ShellPlace } from '../facts.ts';
import { expandBraces } from './braces.ts';
import type { Unit } from './units.ts';

export interface Field {
  readonly text: string;
  /** Further texts it takes in turn: a loop's values. */
  readonly others: readonly string[];
  readonly glob: boolean;
  /** Why its text cannot be known, or null. */
  readonly unknown: string | null;
  /** What a field that is not known may be or hold, as far as the line names it. */
  readonly parts: readonly string[];
  /** No part of it was quoted or expanded: the word may be a reserved one. */
  readonly bare: boolean;
}

export const plain = (text: string, glob = false): Field => ({ text, others: [], glob, unknown: null, parts: [], bare: false });

const MAX_VARIANTS = 24;
const GLOB = new Set(['*', '?', '[']);

export interface Rules {
  /** An assignment's value and a redirection's target are not split into several fields. */
  readonly splits: boolean;
  readonly braces: boolean;
}

/** The fields of one word; `raw` is its source, shown where the text cannot be known. */
export function fieldsOf(units: readonly Unit[], raw: string, place: ShellPlace, rules: Rules): readonly Field[] {
  const words = rules.braces ? expandBraces(units) : [units];
  if (words === null) return [{ ...plain(raw), unknown: 'brace expansion', parts: raw.split(/[{},'"\\]+/).filter((p) => p !== '') }];
  return words.flatMap((word) => split(tilde(word, place), raw, rules.splits));
}

/** One field of these units, whatever they hold: no braces, no tilde, no splitting. */
export const wholeField = (units: readonly Unit[], raw: string): Field => split(units, raw, false)[0] ?? plain('');

/** `~`, `~+` at the head; another user's home cannot be known. */
function tilde(units: readonly Unit[], place: ShellPlace): readonly Unit[] {
  const head = units[0];
  if (head?.kind !== 'char' || head.c !== '~' || head.quoted) return units;
  const slash = units.findIndex((u) => u.kind === 'char' && u.c === '/' && !u.quoted);
  const prefix = units.slice(1, slash < 0 ? units.length : slash);
  const rest = slash < 0 ? [] : units.slice(slash);
  if (!prefix.every((u) => u.kind === 'char' && !u.quoted)) return units;
  const name = prefix.map((u) => (u.kind === 'char' ? u.c : '')).join('');
  const value = (text: string): Unit => ({ kind: 'value', values: [{ text, glob: false }], quoted: true });
  if (name === '') return [value(place.home), ...rest];
  if (name === '+') return [value('.'), ...rest];
  if (name === '-') return [{ kind: 'hole', reason: 'expansion: ~-', candidates: [place.cwd] }, ...rest];
  return [{ kind: 'hole', reason: `expansion: ~${name}`, candidates: [`~${name}`] }, ...rest];
}

interface Draft {
  text: string;
  glob: boolean;
  any: boolean;
  unknown: string | null;
  parts: string[];
  /** Literal runs between holes, and candidates, each alone. */
  pieces: string[];
  literal: string;
  bare: boolean;
}

const draft = (): Draft => ({ text: '', glob: false, any: false, unknown: null, parts: [''], pieces: [], literal: '', bare: true });

function split(units: readonly Unit[], raw: string, splits: boolean): readonly Field[] {
  const many = new Set(units.flatMap((u) => (u.kind === 'value' && u.values.length > 1 ? [u.values] : [])));
  const variants = Math.max(1, ...units.map((u) => (u.kind === 'value' ? u.values.length : 1)));
  if (many.size > 1) return [tooMany(units, raw)];
  if (variants > MAX_VARIANTS) return [tooMany(units, raw)];
  const runs = Array.from({ length: variants }, (_, k) => once(units, raw, k, splits));
  const first = runs[0] ?? [];
  if (variants === 1) return first;
  if (runs.some((run) => run.length !== first.length)) return runs.flat();
  return first.map((field, at) => ({ ...field, glob: runs.some((run) => run[at]?.glob === true), others: runs.slice(1).map((run) => run[at]?.text ?? '') }));
}

function tooMany(units: readonly Unit[], raw: string): Field {
  const parts = units.flatMap((u) => (u.kind === 'value' ? u.values.map((v) => v.text) : u.kind === 'hole' ? u.candidates : []));
  return { ...plain(raw), unknown: 'expansion: too many values', parts: unique(parts) };
}

/** The fields when each variable has its k-th value. */
function once(units: readonly Unit[], raw: string, k: number, splits: boolean): readonly Field[] {
  const out: Field[] = [];
  let now = draft();
  const end = (): void => {
    if (now.any) out.push(finish(now, raw));
    now = draft();
  };
  for (const unit of units) {
    if (unit.kind === 'char') {
      now.any = true;
      now.bare &&= !unit.quoted;
      if (!unit.quoted && GLOB.has(unit.c)) now.glob = true;
      add(now, unit.c);
    } else if (unit.kind === 'value') {
      now.bare = false;
      const value = unit.values[k % unit.values.length] ?? { text: '', glob: false };
      if (unit.quoted || !splits) {
        now.any = true;
        add(now, value.text);
        now.glob ||= value.glob && !unit.quoted;
        continue;
      }
      value.text.split(/([ \t\n]+)/).forEach((piece, at) => {
        if (at % 2 === 1) end();
        else if (piece !== '') {
          now.any = true;
          now.glob ||= value.glob || /[*?[]/.test(piece);
          add(now, piece);
        }
      });
    } else if (unit.kind === 'break') end();
    else {
      now.any = true;
      now.bare = false;
      now.unknown ??= unit.reason;
      hole(now, unit.candidates);
    }
  }
  end();
  return out;
}

function add(now: Draft, text: string): void {
  now.text += text;
  now.literal += text;
  now.parts = now.parts.map((part) => part + text);
}

/** What stands left of the hole is a part by itself; each candidate makes whole texts. */
function hole(now: Draft, candidates: readonly string[]): void {
  const options = ['', ...candidates];
  const grown = now.parts.flatMap((part) => options.map((option) => part + option));
  now.parts = grown.slice(0, MAX_VARIANTS);
  now.pieces.push(now.literal, ...candidates);
  now.literal = '';
}

function finish(now: Draft, raw: string): Field {
  if (now.unknown === null) return { text: now.text, others: [], glob: now.glob, unknown: null, parts: [], bare: now.bare };
  const parts = unique([...now.parts, ...now.pieces, now.literal].filter((p) => p !== ''));
  return { text: raw, others: [], glob: now.glob, unknown: now.unknown, parts, bare: false };
}

export const unique = <T>(items: readonly T[]): readonly T[] => [...new Set(items)];
