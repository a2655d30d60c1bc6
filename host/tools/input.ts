/**
 * The input of a tool call against the tool's own schema. As the agent does it: a number or boolean may come as its text,
 * anything unknown or of another type is refused by name.
 */
import type { LocalInput } from './local.ts';

export type Member = 'text' | 'whole' | 'flag' | readonly string[];
export type Schema = { readonly [name: string]: { readonly type: Member; readonly required?: true } };
export type Values = { readonly [name: string]: string | number | boolean | undefined };
export type Checked = { readonly ok: true; readonly values: Values } | { readonly ok: false; readonly why: string };

export function checkInput(tool: string, input: LocalInput, schema: Schema): Checked {
  const faults: string[] = [];
  const values: { [name: string]: string | number | boolean } = Object.create(null) as { [name: string]: string | number | boolean };
  for (const name of Object.keys(input)) if (!Object.hasOwn(schema, name)) faults.push(`unknown parameter ${JSON.stringify(name.slice(0, 60))}`);
  for (const [name, { type, required }] of Object.entries(schema)) {
    const given = Object.hasOwn(input, name) ? input[name] : undefined;
    if (given === undefined || given === null) {
      if (required === true) faults.push(`parameter "${name}" is missing`);
      continue;
    }
    const value = coerced(given, type);
    if (value === undefined) faults.push(`parameter "${name}" must be ${wanted(type)}`);
    else values[name] = value;
  }
  return faults.length > 0 ? { ok: false, why: `Cannot run ${tool}: ${faults.join('; ')}` } : { ok: true, values };
}

function coerced(given: unknown, type: Member): string | number | boolean | undefined {
  if (type === 'whole') {
    const number = typeof given === 'string' && /^-?\d{1,15}$/.test(given) ? Number(given) : given;
    return typeof number === 'number' && Number.isSafeInteger(number) ? number : undefined;
  }
  if (type === 'flag') return given === 'true' ? true : given === 'false' ? false : typeof given === 'boolean' ? given : undefined;
  if (typeof given !== 'string') return undefined;
  return type === 'text' || type.includes(given) ? given : undefined;
}

function wanted(type: Member): string {
  return type === 'text' ? 'a string' : type === 'whole' ? 'a whole number' : type === 'flag' ? 'true or false' : `one of ${type.join(', ')}`;
}

export const text = (values: Values, name: string): string => (typeof values[name] === 'string' ? values[name] : '');
export const whole = (values: Values, name: string, otherwise: number): number => (typeof values[name] === 'number' ? values[name] : otherwise);
export const flag = (values: Values, name: string, otherwise: boolean): boolean => (typeof values[name] === 'boolean' ? values[name] : otherwise);
