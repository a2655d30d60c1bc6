/**
 * What is known of a program: how its words touch paths and which of its options run or write something. A program that is
 * not in the tables makes its line opaque; so does an option with teeth. Every word is a mention besides, whatever stands here.
 */
import type { Access } from '../../policy/types.ts';
import type { Field } from '../bash/field.ts';

/** `text` is no path; `change` is read and written (or taken away). */
export type Role = Access | 'change' | 'text';

export interface Call {
  readonly name: string;
  /** Words behind the program's name. All are known, but for an `unknown` reason each field carries. */
  readonly args: readonly Field[];
  readonly role: (field: Field, role: Role) => void;
  readonly opaque: (reason: string) => void;
  /** Opaque by what the program is, so that a person may vouch for the command by its first words. */
  readonly doubt: (reason: string) => void;
  /** Another command that this one runs: it is read like one of the line. */
  readonly run: (args: readonly Field[]) => void;
  /** Text that a shell will read, as far as it is known. */
  readonly script: (field: Field) => void;
  /** Text of another language: what it names becomes a mention. */
  readonly literals: (text: string) => void;
  /** The words are used from this directory as well (`-C`); for `cd`, later commands are too. */
  readonly enter: (directory: string, stays: boolean) => void;
  /** The program reads what it runs from its input. */
  readonly stdin: (kind: 'shell' | 'other') => void;
  readonly home: string;
  /** The session's own directory is the only one in play. */
  readonly atHome: boolean;
}

export interface Program {
  /** Its words are shown or counted, never opened: a number of the shell among them hides nothing. */
  readonly inert?: boolean;
  readonly judge: (call: Call) => void;
}

export interface Spec {
  /** Role of each operand by position; the last one stands for all that follow. */
  readonly operands: readonly Role[];
  /** Role of the last operand, where there are two or more. */
  readonly last?: Role;
  /** Options that take a value, `-f` or `--file`, with the value's role. */
  readonly values?: Readonly<Record<string, Role>>;
  /** Options that fill the first operand's place (grep -e). */
  readonly fills?: readonly string[];
  /** Options that execute, or read names from elsewhere. */
  readonly teeth?: readonly string[];
  /** What is touched when there is no operand. */
  readonly none?: Role;
  /** An operand that begins with `+` is a command to the program. */
  readonly plus?: boolean;
}

/** Fields as one text, as `eval` and `watch` join them. */
export function joined(fields: readonly Field[]): Field {
  const doubt = fields.find((f) => f.unknown !== null);
  return {
    text: fields.map((f) => f.text).join(' '),
    others: [],
    glob: false,
    unknown: doubt?.unknown ?? null,
    parts: doubt === undefined ? [] : fields.flatMap((f) => (f.unknown === null ? [f.text] : f.parts)),
    bare: false,
  };
}

export interface Parsed {
  readonly operands: readonly Field[];
  /** Options as written before `=`, long names completed. */
  readonly options: readonly { readonly name: string; readonly value: Field | null }[];
  /** The first option with teeth. */
  readonly tooth: string | null;
}

/** GNU getopt: clusters, attached and separate values, abbreviated long names, `--`. */
export function parseOptions(args: readonly Field[], spec: Spec, stopAtOperand = false): Parsed {
  const operands: Field[] = [];
  const options: { name: string; value: Field | null }[] = [];
  let tooth: string | null = null;
  const values = new Map(Object.entries(spec.values ?? {}));
  const teeth = new Set(spec.teeth ?? []);
  const part = (field: Field, text: string): Field => ({ ...field, text, others: [] });
  for (let i = 0; i < args.length; i++) {
    const field = args[i] as Field;
    const text = field.text;
    if (text === '--') {
      operands.push(...args.slice(i + 1));
      break;
    }
    if (text.startsWith('--')) {
      const equals = text.indexOf('=');
      const name = complete(equals < 0 ? text : text.slice(0, equals), teeth, values);
      if (teeth.has(name)) tooth ??= name;
      if (equals >= 0) options.push({ name, value: part(field, text.slice(equals + 1)) });
      else if (values.has(name)) options.push({ name, value: args[++i] ?? null });
      else options.push({ name, value: null });
    } else if (/^-./.test(text)) {
      for (let j = 1; j < text.length; j++) {
        const name = `-${text.charAt(j)}`;
        if (teeth.has(name)) tooth ??= name;
        if (!values.has(name)) options.push({ name, value: null });
        else {
          options.push({ name, value: j + 1 < text.length ? part(field, text.slice(j + 1)) : (args[++i] ?? null) });
          break;
        }
      }
    } else {
      operands.push(field);
      if (stopAtOperand) {
        operands.push(...args.slice(i + 1));
        break;
      }
    }
  }
  return { operands, options, tooth };
}

function complete(name: string, teeth: ReadonlySet<string>, values: ReadonlyMap<string, Role>): string {
  if (teeth.has(name) || values.has(name) || name.length < 3) return name;
  for (const full of [...teeth, ...values.keys()]) if (full.startsWith(name) && full.startsWith('--')) return full;
  return name;
}

/** A program as its table row says. */
export function byTable(spec: Spec): Program {
  return {
    judge: (call) => {
      const parsed = parseOptions(call.args, spec);
      if (parsed.tooth !== null) call.opaque(`${call.name} ${parsed.tooth}`);
      const wild = call.args.find((f) => f.glob && /^[*?[]/.test(f.text));
      if ((spec.teeth ?? []).length > 0 && wild !== undefined) call.opaque(`${call.name}: ${wild.text} may name an option`);
      judgeParsed(call, spec, parsed);
    },
  };
}

export function judgeParsed(call: Call, spec: Spec, parsed: Parsed): void {
  for (const { name, value } of parsed.options) {
    const role = spec.values?.[name];
    if (value !== null && role !== undefined) call.role(value, role);
  }
  const filled = parsed.options.some((o) => spec.fills?.includes(o.name));
  const roles = filled ? spec.operands.slice(1) : spec.operands;
  let touched = 0;
  parsed.operands.forEach((field, at) => {
    if (field.text === '-') return;
    if (spec.plus === true && field.text.startsWith('+')) call.opaque(`${call.name} ${field.text}`);
    const final = spec.last !== undefined && at > 0 && at === parsed.operands.length - 1;
    const role = final ? spec.last : (roles[at] ?? roles.at(-1) ?? 'mention');
    if (role === undefined || role === 'text') return call.role(field, 'text');
    touched += 1;
    call.role(field, role);
  });
  if (spec.none !== undefined && touched === 0) call.role({ text: '.', others: [], glob: false, unknown: null, parts: [], bare: true }, spec.none);
}
