/**
 * The shape of a JSON value as data: which members an object has, each in its form, `?` where one may be absent. What departs is
 * named by JSON pointer (RFC 6901). A member that no shape knows is a departure: whoever reads on would skip what it says.
 */
import { hasForm, isObject, type Form } from './members.ts';

export type Shape = Form | Members | { readonly orNull: Shape } | { readonly list: Shape; readonly most: number };

export interface Members {
  readonly members: { readonly [name: string]: Shape };
}

export type ShapeCode = 'member-missing' | 'member-form' | 'member-unknown';

export interface ShapeDeparture {
  readonly code: ShapeCode;
  /** A JSON pointer; its text may be attacker-controlled. */
  readonly member: string;
}

const LISTED = 100;
/** Characters of a pointer that are shown. */
const SHOWN = 200;

/** The first 100 departures, in the order of the shape; unknown members after those of their object. */
export function departuresFrom(shape: Shape, value: unknown): readonly ShapeDeparture[] {
  const found: ShapeDeparture[] = [];
  visit(shape, value, '', found);
  return found.slice(0, LISTED);
}

function visit(shape: Shape, value: unknown, at: string, found: ShapeDeparture[]): void {
  if (found.length >= LISTED) return;
  if (typeof shape === 'string' || isWords(shape)) {
    if (!hasForm(value, shape)) found.push({ code: 'member-form', member: at });
  } else if ('orNull' in shape) {
    if (value !== null) visit(shape.orNull, value, at, found);
  } else if ('list' in shape) {
    if (!Array.isArray(value) || value.length > shape.most) found.push({ code: 'member-form', member: at });
    else value.forEach((item, i) => visit(shape.list, item, `${at}/${i}`, found));
  } else if (!isObject(value)) found.push({ code: 'member-form', member: at });
  else visitMembers(shape, value, at, found);
}

function visitMembers(shape: Members, value: { readonly [name: string]: unknown }, at: string, found: ShapeDeparture[]): void {
  const names = new Set<string>();
  for (const [key, form] of Object.entries(shape.members)) {
    const name = key.replace('?', '');
    names.add(name);
    if (Object.hasOwn(value, name)) visit(form, value[name], `${at}/${name}`, found);
    else if (name === key) found.push({ code: 'member-missing', member: `${at}/${name}` });
  }
  for (const name of Object.keys(value)) if (!names.has(name)) found.push({ code: 'member-unknown', member: `${at}/${escapePointer(name)}`.slice(0, SHOWN) });
}

function isWords(shape: Shape): shape is readonly string[] {
  return Array.isArray(shape);
}

export function escapePointer(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}
