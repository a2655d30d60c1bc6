/** A plain runner of scan rules, written from the contract of `Scanner` alone: slow, and what the core is held against. */
import type { Automaton, Finding, ScanRule, Scanner } from '../../core-wasm/core.ts';

export function referenceScanner(rules: readonly ScanRule[]): Scanner {
  const anchored = (text: Uint8Array): Finding[] => rules.flatMap((rule, i) => (rule.keywords.length === 0 ? [] : joined(anchoredFindings(rule, i, text))));
  const whole = (text: Uint8Array): Finding[] => rules.flatMap((rule, i) => (rule.keywords.length === 0 && runsTo(rule.automaton, text) ? [{ rule: i, start: 0, end: text.length }] : []));
  return {
    scan: (text) => [...joined(anchored(text)), ...whole(text)],
    each: (text) => [...anchored(text), ...whole(text)].sort((a, b) => a.rule - b.rule || a.start - b.start),
  };
}

/** Those that overlap as one, under the rule of the one that starts first, then the longer, then the lower rule. */
function joined(findings: readonly Finding[]): Finding[] {
  const out: Finding[] = [];
  for (const finding of [...findings].sort((a, b) => a.start - b.start || b.end - a.end || a.rule - b.rule)) {
    const last = out.at(-1);
    if (last !== undefined && finding.start < last.end) out[out.length - 1] = { ...last, end: Math.max(last.end, finding.end) };
    else out.push(finding);
  }
  return out;
}

function isWord(byte: number | undefined): boolean {
  return byte !== undefined && /[A-Za-z0-9_]/.test(String.fromCharCode(byte));
}

function anchoredFindings(rule: ScanRule, index: number, text: Uint8Array): Finding[] {
  const found: Finding[] = [];
  for (let start = 0; start < text.length; start++) {
    if (!rule.keywords.some((word) => beginsWith(text, start, word, rule.fold))) continue;
    if (rule.wordBefore && isWord(text[start - 1])) continue;
    const end = longest(rule, text, start);
    if (end > start) found.push({ rule: index, start, end });
  }
  return found;
}

function beginsWith(text: Uint8Array, at: number, word: string, fold: boolean): boolean {
  const piece = String.fromCharCode(...text.subarray(at, at + word.length));
  return fold ? piece.toLowerCase() === word.toLowerCase() : piece === word;
}

function longest({ automaton, wordAfter }: ScanRule, text: Uint8Array, start: number): number {
  let state = 1;
  let end = -1;
  for (let at = start; at < text.length && state !== 0; at++) {
    state = step(automaton, state, text[at] ?? 0);
    if (automaton.accept[state] === 1 && !(wordAfter && isWord(text[at + 1]))) end = at + 1;
  }
  return end;
}

function step(automaton: Automaton, state: number, byte: number): number {
  return automaton.next[state * automaton.classes + (automaton.classOf[byte] ?? 0)] ?? 0;
}

/** Whether the text as a whole leads to an accepting state. */
export function runsTo(automaton: Automaton, text: Uint8Array): boolean {
  let state = 1;
  for (const byte of text) state = step(automaton, state, byte);
  return automaton.accept[state] === 1;
}
