/** What a shell may offer, as plain data: for each command and action its options, their values and its words. */
import { common } from '../args.ts';
import { isGroup, type Command, type Entry, type Kind, type Word } from '../command.ts';

/** What may stand at one place. */
export type Offer = { readonly words: readonly string[] } | { readonly of: 'file' | 'folder' | 'run' } | null;

export interface OfferedOption {
  readonly name: string;
  readonly says: string;
  /** Undefined where it is a flag. */
  readonly value?: { readonly name: string; readonly offer: Offer };
}

export interface Point {
  /** `policy show`. */
  readonly path: string;
  readonly summary: string;
  readonly options: readonly OfferedOption[];
  /** In order. */
  readonly words: readonly { readonly name: string; readonly offer: Offer }[];
  /** What comes after the first word that is not ours belongs to another program. */
  readonly passes: boolean;
}

export interface Points {
  readonly commands: readonly { readonly name: string; readonly summary: string; readonly actions: readonly { readonly name: string; readonly summary: string }[] }[];
  readonly points: readonly Point[];
}

export function pointsOf(entries: readonly Entry[]): Points {
  const names: Names = { command: entries.map((e) => e.name), action: entries.flatMap((e) => (isGroup(e) ? e.actions.map((a) => a.name) : [])) };
  return {
    commands: entries.map((e) => ({ name: e.name, summary: e.summary, actions: isGroup(e) ? e.actions.map(({ name, summary }) => ({ name, summary })) : [] })),
    points: entries.flatMap((e) => (isGroup(e) ? e.actions.map((a) => pointOf(`${e.name} ${a.name}`, a, names)) : [pointOf(e.name, e, names)])),
  };
}

function pointOf(path: string, command: Command, names: Names): Point {
  const options = Object.entries({ ...command.options, ...(command.passes === undefined ? common : {}), ...command.options });
  return {
    path,
    summary: command.summary,
    passes: command.passes !== undefined,
    options: options.map(([name, { value, of, says }]) => ({ name: `--${name}`, says: firstLine(says), ...(value === undefined ? {} : { value: { name: value, offer: offerOf(of, names) } }) })),
    words: (command.words ?? []).map((word: Word) => ({ name: word.name, offer: offerOf(word.of ?? word.likely, names) })),
  };
}

type Names = { readonly command: readonly string[]; readonly action: readonly string[] };

function offerOf(kind: Kind | undefined, names: Names): Offer {
  if (kind === undefined) return null;
  if (kind === 'command' || kind === 'action') return { words: names[kind] };
  return typeof kind === 'string' ? { of: kind } : { words: kind };
}

function firstLine(says: string): string {
  return says.split('\n')[0] ?? '';
}

/** A text in single quotes of a POSIX shell. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
