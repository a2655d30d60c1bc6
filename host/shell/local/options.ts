/** Options of a program whose every option is known here: any other makes the line one that is not answered here. */
import type { LocalWord } from './words.ts';

export interface Options {
  /** In the order they were given; a value is the rest of the cluster, the next word, or what stands behind `=`. */
  readonly given: readonly { readonly name: string; readonly value: string }[];
  readonly operands: readonly LocalWord[];
}

/** `flags` as `-a` or `--all`; `valued` take a value. A glob may stand for an operand only. */
export function readOptions(args: readonly LocalWord[], flags: readonly string[], valued: readonly string[] = []): Options | null {
  const given: { name: string; value: string }[] = [];
  const operands: LocalWord[] = [];
  for (let i = 0; i < args.length; i++) {
    const word = args[i] as LocalWord;
    const { text } = word;
    if (text === '--') {
      operands.push(...args.slice(i + 1));
      break;
    }
    if (!text.startsWith('-') || text === '-') operands.push(word);
    else if (word.glob !== null) return null;
    else if (text.startsWith('--')) {
      const equals = text.indexOf('=');
      const name = equals < 0 ? text : text.slice(0, equals);
      if (equals < 0 && flags.includes(name)) given.push({ name, value: '' });
      else if (equals >= 0 && valued.includes(name)) given.push({ name, value: text.slice(equals + 1) });
      else if (flags.includes(text)) given.push({ name: text, value: '' });
      else return null;
    } else {
      for (let j = 1; j < text.length; j++) {
        const name = `-${text.charAt(j)}`;
        if (flags.includes(name)) given.push({ name, value: '' });
        else if (valued.includes(name)) {
          const next = text.slice(j + 1) || plainText(args[++i]);
          if (next === null) return null;
          given.push({ name, value: next });
          break;
        } else return null;
      }
    }
  }
  return { given, operands };
}

function plainText(word: LocalWord | undefined): string | null {
  return word === undefined || word.glob !== null || word.home ? null : word.text;
}

export const has = (options: Options, ...names: readonly string[]): boolean => options.given.some(({ name }) => names.includes(name));

/** Operands that name files: no standard input, no place that is more than a name, and at least one. */
export function filesOf(operands: readonly LocalWord[], atLeast = 1): readonly LocalWord[] | null {
  return operands.length < atLeast || operands.some(({ text }) => !isPlace(text)) ? null : operands;
}

/** Devices and what speaks of a process are no files of the user's; a doubled slash or backslash in front is another machine on some systems. */
export function isPlace(text: string): boolean {
  return text !== '' && text !== '-' && !/^(?:\/\/|\\\\)|^\/+(?:\.\/+)*(?:dev|proc|sys)(?:\/|$)/.test(text) && !/^[A-Za-z][A-Za-z0-9+.-]*:\/\//.test(text);
}
