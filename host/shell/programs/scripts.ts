/**
 * sed and awk: their scripts are read only as far as is needed to be sure that they neither run nor write nor open anything.
 * What is not surely harmless is opaque, and what it names is a mention.
 */
import type { Field } from '../bash/field.ts';
import { judgeParsed, parseOptions, type Call, type Program, type Spec } from './program.ts';

const SED: Spec = {
  operands: ['text', 'read'],
  fills: ['-e', '-f', '--expression', '--file'],
  values: { '-e': 'text', '--expression': 'text', '-f': 'read', '--file': 'read', '-l': 'text', '--line-length': 'text' },
  teeth: ['-f', '--file'],
};

const sed: Program = {
  judge: (call) => {
    // `-i` may carry a suffix in the same word, which is no cluster of options.
    const inPlace = call.args.some((f) => /^-[nErsuz]*i|^--in-place/.test(f.text));
    const args = call.args.filter((f) => !/^-[nErsuz]*i|^--in-place/.test(f.text));
    const parsed = parseOptions(args, SED);
    if (parsed.tooth !== null) call.opaque(`sed ${parsed.tooth}`);
    judgeParsed(call, inPlace ? { ...SED, operands: ['text', 'change'] } : SED, parsed);
    const given = parsed.options.filter((o) => SED.fills?.includes(o.name));
    const scripts = given.length > 0 ? given.flatMap((o) => (o.value === null ? [] : [o.value])) : parsed.operands.slice(0, 1);
    // A backslash at the end of one -e joins it with the next.
    const script = scripts.map((f) => f.text).join('\n');
    if (scripts.some((f) => f.others.length > 0) || !sedScript(script, call, scripts[0])) {
      call.opaque('sed: a script that may write or run');
      call.literals(script);
    }
  },
};

const ADDRESS = /^(?:\d+(?:~\d+)?|\$|[+~]\d+|\/(?:[^/\\\n[]|\\.|\[\]?[^\]\n/]*\])*\/[IM]*|\\,(?:[^,\\\n]|\\.)*,[IM]*)/;

/** True when the script is of commands known to be harmless; files that `r` and `w` name are judged. */
function sedScript(script: string, call: Call, of: Field | undefined): boolean {
  let rest = script;
  for (let turn = 0; turn < 500; turn++) {
    rest = rest.replace(/^[\s;}]+/, '');
    if (rest === '') return true;
    if (rest.startsWith('#')) {
      rest = rest.replace(/^[^\n]*/, '');
      continue;
    }
    const first = ADDRESS.exec(rest);
    if (first !== null) {
      rest = rest.slice(first[0].length).replace(/^\s+/, '');
      if (rest.startsWith(',')) {
        const second = ADDRESS.exec(rest.slice(1).replace(/^\s+/, ''));
        if (second === null) return false;
        rest = rest.slice(1).replace(/^\s+/, '').slice(second[0].length);
      }
    }
    rest = rest.replace(/^[\s!]+/, '');
    const after = sedCommand(rest, call, of);
    if (after === null) return false;
    rest = after;
  }
  return false;
}

function sedCommand(rest: string, call: Call, of: Field | undefined): string | null {
  const c = rest.charAt(0);
  if (c === '{') return rest.slice(1);
  if (c !== '' && 'pdDPgGhHxnN='.includes(c)) return ends(rest.slice(1));
  if (c !== '' && 'qQl'.includes(c)) return ends(rest.slice(1).replace(/^\s*\d+/, ''));
  if (c !== '' && 'btT:'.includes(c)) return rest.replace(/^.[^\n;}]*/, '');
  if (c !== '' && 'aic'.includes(c)) return /\\\n|\n/.test(rest) || /\\$/.test(rest) ? null : '';
  if (c !== '' && 'rRwW'.includes(c)) {
    const name = /^.\s*([^\n]+)/.exec(rest)?.[1];
    if (name === undefined || of === undefined) return null;
    call.role({ ...of, text: name, others: [] }, c === 'r' || c === 'R' ? 'read' : 'write');
    return rest.replace(/^[^\n]*/, '');
  }
  if (c !== 's' && c !== 'y') return null;
  const by = rest.charAt(1);
  if (by === '' || by === '\\' || by === '\n') return null;
  let at = 2;
  for (let part = 0; part < 2; part++) {
    // A delimiter inside brackets ends the pattern in GNU sed; where seds differ the script is not taken as known.
    for (; at < rest.length && rest.charAt(at) !== by; at++) {
      if (rest.charAt(at) === '\\') at += 1;
      else if (part === 0 && rest.charAt(at) === '[' && bracketHolds(rest, at, by)) return null;
    }
    if (at >= rest.length) return null;
    at += 1;
  }
  if (c === 'y') return ends(rest.slice(at));
  return ends(rest.slice(at).replace(/^[gpiIM0-9]*/, ''));
}

function bracketHolds(text: string, at: number, by: string): boolean {
  const close = text.indexOf(']', at + 2);
  return close < 0 || text.slice(at, close).includes(by);
}

/** A command ends at `;`, `}`, a newline or the end; anything else behind it is not known. */
const ends = (rest: string): string | null => (/^[ \t]*(?:$|[;}\n#])/.test(rest) ? rest.replace(/^[ \t]*/, '') : null);

const AWK: Spec = {
  operands: ['text', 'read'],
  values: { '-F': 'text', '-v': 'text', '--field-separator': 'text', '--assign': 'text' },
};

/**
 * `>` writes only behind print, inside an action: the pattern's comparison before any `{` is harmless. Strings and patterns are
 * not told apart, so a dangerous word in one makes the line opaque without need.
 */
const AWK_DANGER = /system|getline|@|\bARG[VC]\b|\bPROCINFO\b|\{[^]*>(?!=)|\b(?:close|fflush)\b/;

const awk: Program = {
  judge: (call) => {
    const parsed = parseOptions(call.args, AWK);
    const strange = call.args.find((f) => /^-(?![Fv]|$)/.test(f.text));
    if (strange !== undefined) call.opaque(`awk ${strange.text}`);
    const script = parsed.operands[0];
    judgeParsed(call, AWK, parsed);
    if (script === undefined) return;
    if (script.others.length > 0 || AWK_DANGER.test(script.text) || script.text.replaceAll('||', '').includes('|')) {
      call.opaque('awk: a script that may write or run');
      call.literals(script.text);
    }
  },
};

export const SCRIPTS: ReadonlyMap<string, Program> = new Map([
  ['sed', sed], ['gsed', sed], ['awk', awk], ['gawk', awk], ['mawk', awk], ['nawk', awk],
]);
