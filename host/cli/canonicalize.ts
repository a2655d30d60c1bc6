/** `occasio canonicalize`: the canonical bytes of a JSON text, or the byte at which it is refused. */
import type { JsonCode, Profile } from '../../core-wasm/core.ts';
import { OccasioError, printableJson } from '../../verifiers/formats/error.ts';
import { loadCore } from '../runtime/core.ts';
import { createOps } from '../runtime/node.ts';
import { oneOf } from './args.ts';
import type { Command } from './command.ts';
import { readInput } from './files.ts';
import { document, fail } from './print.ts';

const LIMIT = 64 * 1024 * 1024;
const profiles: readonly Profile[] = ['jcs', 'row'];

const faults: { readonly [code in JsonCode]: string } = {
  syntax: 'no JSON',
  utf8: 'bytes that are no UTF-8',
  bom: 'a byte order mark',
  surrogate: 'half a surrogate pair',
  control: 'a control character in a string',
  'number-form': 'a number in a form that is not allowed',
  'number-range': 'a number out of range',
  'duplicate-name': 'a member name for the second time',
  name: 'a member name that is not allowed',
  depth: 'too many levels',
  size: 'more than it may hold',
  trailing: 'more after the end of the value',
  empty: 'no value',
};

export const canonicalize: Command = {
  name: 'canonicalize',
  summary: 'print the canonical form of a JSON text',
  words: [{ name: 'FILE', of: 'file', optional: true, says: 'a JSON text; "-" or nothing reads standard input' }],
  options: {
    profile: { value: 'P', of: profiles, says: 'jcs: RFC 8785, members sorted, numbers as ECMAScript prints them (default)\nrow: the form of a ledger row, member order kept, integers only' },
  },
  says: 'The canonical bytes go to stdout with nothing added, no line feed either.',
  exit: '0 printed, 1 the text is refused (what and where on stderr), 2 wrong use or unreadable',
  examples: [`echo '{"b":1,"a":2.50}' | occasio canonicalize`],
  async run({ flags, values, words }, io) {
    const profile = oneOf(values.get('profile'), profiles, 'jcs');
    const { core } = loadCore();
    const word = words[0] ?? '-';
    const text = await readInput(io, createOps(), word, LIMIT);
    const canonical = core.canonicalize(text, profile);
    if (canonical.ok) {
      if (flags.has('json')) {
        const sha256 = Array.from(core.sha256(canonical.bytes), (b) => b.toString(16).padStart(2, '0')).join('');
        document(io, { ok: true, profile, bytes: canonical.bytes.length, sha256, canonical: new TextDecoder().decode(canonical.bytes) });
      } else {
        // On a terminal nobody hashes the bytes: what it would not show stands as escapes there.
        io.out.write(io.out.terminal ? printableJson(new TextDecoder().decode(canonical.bytes)) : canonical.bytes);
      }
      return 0;
    }
    const place = lineAndColumn(text, canonical.fault.offset);
    const { code, offset } = canonical.fault;
    const found = `${faults[code]} (${code}) at byte ${offset}, line ${place.line}, column ${place.column}`;
    const refused = new OccasioError({ code: 'json', cannot: 'canonicalize', thing: word === '-' ? 'standard input' : word, found });
    if (flags.has('json')) document(io, { ok: false, profile, code, offset, ...place, error: refused.parts });
    else fail(io, refused, false);
    return 1;
  },
};

/** Both from 1; a column is a byte, as the text need not be UTF-8. */
function lineAndColumn(text: Uint8Array, offset: number): { line: number; column: number } {
  let lines = 1;
  let start = 0;
  for (let i = 0; i < offset && i < text.length; i++) {
    if (text[i] === 0x0a) {
      lines++;
      start = i + 1;
    }
  }
  return { line: lines, column: offset - start + 1 };
}
