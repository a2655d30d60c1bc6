/**
 * From text to a syntax tree that bash would agree with, or null. tree-sitter-bash reads some lines in another way than bash
 * does; an attacker hides a command in that gap. So besides the parser's own ERROR and MISSING: between two tokens there may
 * be blanks and nothing else, an unquoted line continuation inside a word is taken out as bash does, a here-document ends
 * where bash ends it. How quotes are read is checked word by word in units.ts.
 */
import type { Node, Parser, Tree } from 'web-tree-sitter';

/** Characters parsed for one text, all turns: each joined continuation is a turn. */
const MAX_PARSED = 20_000;
const MAX_TREE_DEPTH = 150;

/** Nodes whose inside is text, not tokens with blanks between. */
const TEXT = new Set([
  'string', 'raw_string', 'ansi_c_string', 'translated_string', 'heredoc_body', 'expansion', 'simple_expansion', 'arithmetic_expansion',
  'word', 'number', 'comment', 'regex', 'extglob_pattern', 'concatenation', 'brace_expression', 'subscript', 'test_command', 'heredoc_start', 'variable_name',
]);

export interface Parsed {
  readonly source: string;
  readonly tree: Tree;
}

/** The caller deletes the tree. */
export function parseBash(parser: Parser, text: string): Parsed | null {
  let source = text;
  for (let spent = source.length; spent <= Math.max(MAX_PARSED, text.length); spent += source.length) {
    const tree = parser.parse(source);
    if (tree === null) return null;
    const joined = splitWord(source, tree.rootNode);
    if (joined === null) {
      if (!tree.rootNode.hasError && sound(tree.rootNode, source, 0)) return { source, tree };
      tree.delete();
      return null;
    }
    tree.delete();
    source = source.slice(0, joined) + source.slice(joined + 2);
  }
  return null;
}

/** The first unquoted backslash-newline that touches a token: bash joins what stands on both sides, the parser parts it. */
function splitWord(source: string, root: Node): number | null {
  for (let at = source.indexOf('\\\n'); at >= 0; at = source.indexOf('\\\n', at + 1)) {
    let from = at;
    while (from > 0 && source.charAt(from - 1) === '\\') from -= 1;
    if ((at - from) % 2 === 1) continue;
    const before = at === 0 ? ' ' : source.charAt(at - 1);
    if (before === ' ' || before === '\t' || before === '\n') continue;
    let node: Node | null = root.descendantForIndex(at, at + 1);
    while (node !== null && !QUOTES.has(node.type)) node = node.parent;
    if (node === null) return at;
  }
  return null;
}

const QUOTES = new Set(['string', 'raw_string', 'ansi_c_string', 'translated_string', 'heredoc_body', 'comment']);

function sound(node: Node, source: string, depth: number): boolean {
  if (depth > MAX_TREE_DEPTH) return false;
  if (node.type === 'heredoc_redirect' && !heredocEnds(node, source)) return false;
  if (node.type === 'comment' && !/^$|[\s;&|()<>]/.test(source.charAt(node.startIndex - 1))) return false;
  const text = TEXT.has(node.type);
  let at = node.startIndex;
  for (const child of node.children) {
    if (!text && !blank(source.slice(at, child.startIndex)) && !(child.type === 'heredoc_redirect' && lostDash(source, at, child.startIndex))) return false;
    if (!sound(child, source, depth + 1)) return false;
    at = Math.max(at, child.endIndex);
  }
  const whole = node.parent === null ? source.slice(at) : '';
  return blank(whole);
}

/** The parser drops a `-` that stands right before `<<`: `python3 - <<EOF`. */
export const lostDash = (source: string, from: number, to: number): boolean => /^[ \t]+-[ \t]+$/.test(source.slice(from, to));

const blank = (gap: string): boolean => /^(?:[ \t\n]|\\\n)*$/.test(gap);

export const hasQuotes = (delimiter: string): boolean => /['"\\]/.test(delimiter);

/** A body ends at the first line that is the delimiter (tabs before it taken off for `<<-`), as bash looks for it. */
function heredocEnds(node: Node, source: string): boolean {
  const start = node.children.find((c) => c.type === 'heredoc_start');
  const body = node.children.find((c) => c.type === 'heredoc_body');
  const end = node.children.find((c) => c.type === 'heredoc_end');
  if (start === undefined || end === undefined) return false;
  const raw = source.slice(start.startIndex, start.endIndex);
  if (!/^(?:[A-Za-z0-9_.-]+|\\[A-Za-z0-9_.-]+|'[^'"\\$`]+'|"[^'"\\$`]+")$/.test(raw)) return false;
  const delimiter = raw.replace(/['"\\]/g, '');
  const tabs = node.children.some((c) => c.type === '<<-');
  const from = source.indexOf('\n', lineEnd(node, start, body ?? end, source)) + 1;
  const lines = source.slice(from).split('\n');
  const at = lines.findIndex((line) => (tabs ? line.replace(/^\t+/, '') : line) === delimiter);
  if (at < 0) return false;
  const endLine = from + lines.slice(0, at).join('\n').length + (at > 0 ? 1 : 0);
  const endAt = endLine + ((lines[at] ?? '').length - delimiter.length);
  if (!hasQuotes(raw) && at > 0 && /\\$/.test(lines[at - 1] ?? '')) return false;
  return end.startIndex === endAt && end.endIndex - end.startIndex === delimiter.length;
}

/** Where the line that holds `<<` goes on to: behind the last token before the body. */
function lineEnd(node: Node, start: Node, body: Node, source: string): number {
  let at = start.endIndex;
  for (const child of node.children) if (child.startIndex >= start.endIndex && child.endIndex <= body.startIndex && child.type !== '\n') at = Math.max(at, child.endIndex);
  while (source.charAt(at - 1) === '\n') at -= 1;
  return at;
}
