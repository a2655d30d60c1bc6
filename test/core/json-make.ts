/** Random JSON texts, and texts that are nearly JSON. */
import type { Random } from './random.ts';

const CHARACTERS = ['a', 'b', 'Z', '0', ' ', '"', '\\', '/', '\b', '\f', '\n', '\r', '\t', '\u0000', '\u001f', '\u007f', 'é', 'ß', '\u2028', '€', '\uffff', '\ue000', '\ud7ff', '𝄞', '😀', '\u{10ffff}', '\ufeff'];
const NAMES = ['a', 'b', 'aa', 'ab', 'hash', 'prev_hash', '', 'constructor', 'é', '€', '😀', '\ue000', '\uffff', '\n', '\t', '\\', '"', '\u001f', '10', '1', '01', '-1', '4294967294', '4294967295', '__proto__', '__proto_x', 'zzzzzzzzzzzzzzzzzzzz', 'zzzzzzzzzzzzzzzzzzzy'];
const NUMBERS = ['0', '-0', '1', '-1', '10', '1.5', '1.0', '1e2', '1E+2', '1e-7', '0.000001', '0.0000001', '123456789012345', '1234567890123456', '9007199254740991', '-9007199254740991', '9007199254740992', '12345678901234567890', '1e21', '1e20', '100000000000000000000', '0.1', '0.10', '5e-324', '1.7976931348623157e308', '1e308', '-1.5e-9', '0.30000000000000004', '333333333.33333329', '0e10', '0.0', '4.50', '2e-3'];

function string(r: Random): string {
  return Array.from({ length: r.chance(0.1) ? 10 + r.below(60) : r.below(6) }, () => r.pick(CHARACTERS)).join('');
}

/** A JSON string that says `text`, its characters escaped or not as chance has it. */
export function quoted(r: Random, text: string): string {
  const one = (unit: string): string => `\\u${r.chance(0.5) ? unit.charCodeAt(0).toString(16).padStart(4, '0') : unit.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`;
  return `"${[...text].map((c) => (r.chance(0.1) ? c.split('').map(one).join('') : c === '/' && r.chance(0.5) ? '\\/' : JSON.stringify(c).slice(1, -1))).join('')}"`;
}

function number(r: Random): string {
  if (r.chance(0.4)) return r.pick(NUMBERS);
  if (r.chance(0.5)) return String(r.below(2 ** 31) * (r.chance(0.5) ? 1 : -1));
  const bits = new DataView(new ArrayBuffer(8));
  bits.setUint32(0, r.below(2 ** 32));
  bits.setUint32(4, r.below(2 ** 32));
  const x = r.chance(0.5) ? bits.getFloat64(0) : r.below(2 ** 31) / 2 ** r.below(40);
  return Number.isFinite(x) ? r.pick([String(x), x.toExponential(), x.toPrecision(17), x.toPrecision(5)]) : '0';
}

export interface Make {
  /** Numbers that the row profile takes, and nothing else. */
  readonly integers?: boolean;
  /** No white space. */
  readonly tight?: boolean;
}

export function json(r: Random, make: Make = {}, depth = 4): string {
  const gap = (): string => (make.tight !== true && r.chance(0.15) ? r.pick([' ', '\n', '\t', '\r', '  ']) : '');
  const value = (d: number): string => {
    const kind = r.below(d === 0 ? 4 : 7);
    if (kind === 0) return make.integers === true ? String(r.below(2 ** 31) - 2 ** 30) : number(r);
    if (kind === 1) return r.pick(['true', 'false', 'null']);
    if (kind <= 3) return quoted(r, string(r));
    const n = r.chance(0.03) ? 20 + r.below(30) : r.below(5);
    if (kind === 4) return `[${gap()}${Array.from({ length: n }, () => gap() + value(d - 1) + gap()).join(',')}]`;
    return `{${gap()}${Array.from({ length: n }, (_, i) => `${gap()}${quoted(r, name(i))}${gap()}:${gap()}${value(d - 1)}${gap()}`).join(',')}}`;
  };
  const name = (i: number): string => (r.chance(0.3) ? r.pick(NAMES) : string(r) + (r.chance(0.9) ? `k${i}` : ''));
  return gap() + value(depth) + gap();
}

/** The bytes with a few changes: bytes put in, taken out, replaced, cut off, repeated. */
export function mutated(r: Random, bytes: Uint8Array): Uint8Array {
  let out = [...bytes];
  for (let n = 1 + r.below(2); n > 0; n--) {
    const at = r.below(out.length + 1);
    const byte = r.pick([r.below(256), 0x22, 0x5c, 0x2c, 0x3a, 0x7b, 0x7d, 0x5b, 0x5d, 0x30, 0x2d, 0x2e, 0x65, 0x0a, 0x20, 0x00, 0xef, 0xed, 0xc3, 0x80]);
    const kind = r.below(5);
    if (kind === 0) out.splice(at, 0, byte);
    else if (kind === 1) out.splice(at, 1);
    else if (kind === 2) out.splice(at, 1, byte);
    else if (kind === 3) out = r.chance(0.3) ? out.slice(0, at) : out;
    else out.splice(at, 0, ...out.slice(at, at + r.below(8)));
  }
  return Uint8Array.from(out);
}
