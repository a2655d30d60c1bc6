/**
 * Canonical JSON once more, plainly: parse into a tree, judge, print. Slow, and shares nothing with the core but the rules of spec/json.md.
 */
import type { Canonical, JsonCode, Profile } from '../../core-wasm/core.ts';

type Tree =
  | { readonly kind: 'word' | 'number' | 'string'; readonly text: string }
  | { readonly kind: 'array'; readonly items: readonly Tree[] }
  | { readonly kind: 'object'; readonly members: readonly (readonly [string, Tree])[] };

class Wrong extends Error {
  readonly code: JsonCode;
  readonly offset: number;
  constructor(code: JsonCode, offset: number) {
    super(`${code} at ${offset}`);
    this.code = code;
    this.offset = offset;
  }
}

const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const ESCAPES: { readonly [letter: string]: string } = { '"': '"', '\\': '\\', '/': '/', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };
const DEPTH = { jcs: 256, row: 32 } as const;
const LIMIT = { jcs: 64 << 20, row: 1 << 20 } as const;

function sequenceLength(b: Uint8Array, at: number): number {
  for (let n = 2; n <= 4 && at + n <= b.length; n++) {
    try {
      if ([...new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(b.subarray(at, at + n))].length === 1) return n;
    } catch {
      continue;
    }
  }
  return 0;
}

/** The text is taken as Latin-1, one character a byte, so that indices are byte offsets. */
function parser(bytes: Uint8Array, profile: Profile): { document(): Tree } {
  const s = Array.from({ length: Math.ceil(bytes.length / 4096) }, (_, i) => String.fromCharCode(...bytes.subarray(i * 4096, i * 4096 + 4096))).join('');
  let at = 0;
  const space = (): void => {
    while (at < s.length && ' \t\n\r'.includes(s.charAt(at))) at++;
  };
  const expect = (c: string): void => {
    if (s.charAt(at) !== c) throw new Wrong('syntax', at);
    at++;
  };

  function hex(): number {
    for (let i = 0; i < 4; i++) if (!/[0-9a-fA-F]/.test(s.charAt(at + i))) throw new Wrong('syntax', at + i);
    at += 4;
    return parseInt(s.slice(at - 4, at), 16);
  }

  function escape(): string {
    const start = at++;
    const letter = s.charAt(at++);
    const plain = ESCAPES[letter];
    if (plain !== undefined && letter !== '') return plain;
    if (letter !== 'u') throw new Wrong('syntax', start + 1);
    const unit = hex();
    if (unit < 0xd800 || unit > 0xdfff) return String.fromCharCode(unit);
    if (unit > 0xdbff || s.slice(at, at + 2) !== '\\u') throw new Wrong('surrogate', start);
    at += 2;
    const low = hex();
    if (low < 0xdc00 || low > 0xdfff) throw new Wrong('surrogate', start);
    return String.fromCharCode(unit, low);
  }

  function string(): string {
    expect('"');
    let out = '';
    for (;;) {
      const c = s.charAt(at);
      if (c === '') throw new Wrong('syntax', at);
      if (c === '"') break;
      if (c === '\\') out += escape();
      else if (c < ' ') throw new Wrong('control', at);
      else if (c < '\x80') {
        out += c;
        at++;
      } else {
        const n = sequenceLength(bytes, at);
        if (n === 0) throw new Wrong('utf8', at);
        out += new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes.subarray(at, at + n));
        at += n;
      }
    }
    at++;
    return out;
  }

  function number(): Tree {
    const start = at;
    NUMBER.lastIndex = at;
    const text = NUMBER.exec(s)?.[0];
    if (text === undefined) throw new Wrong('syntax', at + 1);
    at += text.length;
    if (/^-?0$/.test(text) && /[0-9]/.test(s.charAt(at))) throw new Wrong('syntax', at);
    if (s.charAt(at) === '.' && !/[.eE]/.test(text)) throw new Wrong('syntax', at + 1);
    if (/[eE]/.test(s.charAt(at)) && !/[eE]/.test(text)) throw new Wrong('syntax', at + (/[+-]/.test(s.charAt(at + 1)) ? 2 : 1));
    if (profile === 'row') {
      if (!/^(0|-?[1-9][0-9]*)$/.test(text)) throw new Wrong('number-form', start);
      if (!Number.isSafeInteger(Number(text)) || BigInt(text) !== BigInt(Number(text))) throw new Wrong('number-range', start);
    } else if (!Number.isFinite(Number(text))) throw new Wrong('number-range', start);
    return { kind: 'number', text: String(Number(text)) };
  }

  function word(): Tree {
    const text = s.charAt(at) === 't' ? 'true' : s.charAt(at) === 'f' ? 'false' : 'null';
    for (const c of text) expect(c);
    return { kind: 'word', text };
  }

  function object(depth: number): Tree {
    if (depth > DEPTH[profile]) throw new Wrong('depth', at);
    at++;
    space();
    const members: (readonly [string, Tree])[] = [];
    const places: number[] = [];
    if (s.charAt(at) === '}') return at++, { kind: 'object', members };
    for (;;) {
      space();
      places.push(at);
      const name = string();
      if (profile === 'row' && (name === '__proto__' || (/^(0|[1-9][0-9]{0,9})$/.test(name) && Number(name) <= 2 ** 32 - 2))) throw new Wrong('name', places.at(-1) ?? 0);
      space();
      expect(':');
      space();
      members.push([name, value(depth)]);
      space();
      if (s.charAt(at) === '}') break;
      expect(',');
    }
    const seen = new Set<string>();
    members.forEach(([name], i) => {
      if (seen.has(name)) throw new Wrong('duplicate-name', places[i] ?? 0);
      seen.add(name);
    });
    at++;
    return { kind: 'object', members };
  }

  function array(depth: number): Tree {
    if (depth > DEPTH[profile]) throw new Wrong('depth', at);
    at++;
    space();
    const items: Tree[] = [];
    if (s.charAt(at) === ']') return at++, { kind: 'array', items };
    for (;;) {
      space();
      items.push(value(depth));
      space();
      if (s.charAt(at) === ']') break;
      expect(',');
    }
    at++;
    return { kind: 'array', items };
  }

  function value(depth: number): Tree {
    const c = s.charAt(at);
    if (c === '"') return { kind: 'string', text: string() };
    if (c === '{') return object(depth + 1);
    if (c === '[') return array(depth + 1);
    if (/[-0-9]/.test(c)) return number();
    if (/[tfn]/.test(c)) return word();
    throw new Wrong('syntax', at);
  }

  function document(): Tree {
    if (s.startsWith('\xef\xbb\xbf')) throw new Wrong('bom', 0);
    space();
    if (at === s.length) throw new Wrong('empty', at);
    const tree = value(0);
    space();
    if (at < s.length) throw new Wrong('trailing', at);
    return tree;
  }
  return { document };
}

function print(tree: Tree, profile: Profile): string {
  if (tree.kind === 'array') return `[${tree.items.map((t) => print(t, profile)).join(',')}]`;
  if (tree.kind === 'string') return JSON.stringify(tree.text);
  if (tree.kind !== 'object') return tree.text;
  // `<` on strings compares UTF-16 code units.
  const members = profile === 'jcs' ? [...tree.members].sort(([a], [b]) => (a < b ? -1 : 1)) : tree.members;
  return `{${members.map(([name, t]) => `${JSON.stringify(name)}:${print(t, profile)}`).join(',')}}`;
}

export function oracle(bytes: Uint8Array, profile: Profile): Canonical {
  if (bytes.length > LIMIT[profile]) return { ok: false, fault: { code: 'size', offset: LIMIT[profile] } };
  try {
    return { ok: true, bytes: new TextEncoder().encode(print(parser(bytes, profile).document(), profile)) };
  } catch (e) {
    if (e instanceof Wrong) return { ok: false, fault: { code: e.code, offset: e.offset } };
    throw e;
  }
}
