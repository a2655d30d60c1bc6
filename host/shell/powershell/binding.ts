/** Words of a cmdlet as its parameters take them: names shortened to what is left unique, `-Name:value`, plain words by position. */
import type { Field } from '../bash/field.ts';
import type { Role } from '../programs/program.ts';
import type { Argument } from './arguments.ts';
import type { Cmdlet } from './cmdlets.ts';

export interface Value {
  readonly parameter: string;
  readonly role: Role;
  readonly fields: readonly Field[];
}

export interface Bound {
  readonly values: readonly Value[];
  readonly switches: readonly string[];
  /** Why the words may be taken otherwise, or null. */
  readonly odd: string | null;
}

export const NAMED = /^[-\u2013-\u2015]([\p{L}_?][^:.[]*)(:?)([^]*)$/u;

export function bind(cmdlet: Cmdlet, args: readonly Argument[]): Bound {
  const values: Value[] = [];
  const switches: string[] = [];
  const plainWords: Argument[] = [];
  let odd: string | null = null;
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] as Argument;
    const named = arg.dash ? NAMED.exec(arg.fields[0]?.text ?? '') : null;
    if (named === null) {
      if (arg.fields[0]?.text !== '--' || arg.raw !== '--') plainWords.push(arg);
      continue;
    }
    const [, name = '', colon = '', attached = ''] = named;
    const found = parameterOf(cmdlet, name.toLowerCase());
    const own: readonly Field[] | null = colon === '' ? null : attached === '' ? (args[++i]?.fields ?? []) : [{ ...(arg.fields[0] as Field), text: attached, others: (arg.fields[0] as Field).others.map((other) => NAMED.exec(other)?.[3] ?? '') }, ...arg.fields.slice(1)];
    if (found?.kind === 'switch') {
      switches.push(found.name);
      if (colon === '') plainWords.push(...(arg.fields.length > 1 ? [{ ...arg, fields: arg.fields.slice(1), dash: false }] : []));
    } else if (found?.kind === 'value') values.push({ parameter: found.name, role: found.role, fields: own ?? args[++i]?.fields ?? [] });
    else {
      // The next word is its value, or a plain word: it is taken for both.
      odd ??= `${cmdlet.name} -${name}`;
      if (own !== null) plainWords.push({ ...arg, fields: own, dash: false });
    }
    if (attached !== '' && colon === '') odd ??= `${cmdlet.name} -${name}${attached}`;
  }
  return { values: [...values, ...byPosition(cmdlet, plainWords, values)], switches, odd };
}

function byPosition(cmdlet: Cmdlet, words: readonly Argument[], given: readonly Value[]): readonly Value[] {
  const taken = new Set(given.map((v) => (v.parameter === 'LiteralPath' ? 'Path' : v.parameter)));
  const free = cmdlet.positions.filter((name) => !taken.has(name));
  return words.map((arg, at) => {
    const parameter = free[at] ?? free.at(-1) ?? cmdlet.positions[0] ?? '';
    return { parameter, role: cmdlet.values.get(parameter.toLowerCase())?.role ?? 'text', fields: arg.fields };
  });
}

type Parameter = { readonly kind: 'value'; readonly name: string; readonly role: Role } | { readonly kind: 'switch'; readonly name: string };

function parameterOf(cmdlet: Cmdlet, name: string): Parameter | null {
  const found = new Map<string, Parameter>();
  const add = (key: string, parameter: Parameter): void => {
    if (key === name || key.startsWith(name)) found.set(parameter.name, parameter);
  };
  const exactValue = cmdlet.values.get(name);
  if (exactValue !== undefined) return { kind: 'value', ...exactValue };
  const exactSwitch = cmdlet.switches.get(name);
  if (exactSwitch !== undefined) return { kind: 'switch', name: exactSwitch };
  for (const [key, value] of cmdlet.values) add(key, { kind: 'value', ...value });
  for (const [key, full] of cmdlet.switches) add(key, { kind: 'switch', name: full });
  return found.size === 1 ? ([...found.values()][0] ?? null) : null;
}

/** One text a command, its switches first, then its values, then what plain words may be: as rules on commands read it. */
export function shown(cmdlet: Cmdlet, bound: Bound): string {
  const text = (field: Field): string => field.text.replaceAll('\\', '/').replace(/\s+/g, ' ');
  const named = bound.values.filter((v) => !cmdlet.positions.includes(v.parameter) && v.parameter !== 'LiteralPath');
  const order = (v: Value): number => (v.parameter === 'LiteralPath' ? 0 : cmdlet.positions.indexOf(v.parameter));
  const placed = bound.values.filter((v) => !named.includes(v)).sort((a, b) => order(a) - order(b));
  return [cmdlet.name, ...bound.switches.map((s) => `-${s}`), ...named.flatMap((v) => [`-${v.parameter}`, ...v.fields.map(text)]), ...placed.flatMap((v) => v.fields.map(text))].join(' ');
}
