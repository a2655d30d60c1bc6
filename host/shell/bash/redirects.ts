/** Redirections, here-strings, here-documents. Words that the parser takes for targets, though they are the command's, go to `stray`. */
import type { Node } from 'web-tree-sitter';
import { redirect } from './command.ts';
import { expandNode } from './expand.ts';
import { hasQuotes } from './tree.ts';
import { EXPANSIONS, insideOf, LITERALS, read, readWords, textOf, type Walk } from './words.ts';

export function fileRedirect(node: Node, walk: Walk, stray: Node[]): void {
  const operator = node.children.find((c) => c !== null && /[<>]/.test(c.type) && !c.isNamed)?.type ?? '';
  const targets = node.childrenForFieldName('destination').flatMap((c) => (c === null ? [] : [c]));
  let first = 1;
  while (first < targets.length && targets[first]?.startIndex === targets[first - 1]?.endIndex) first += 1;
  if (operator.endsWith('&-')) first = 0;
  stray.push(...targets.slice(first));
  const target = targets.slice(0, first);
  if (target.length === 0) return;
  const fields = read(target[0]?.startIndex ?? 0, target.at(-1)?.endIndex ?? 0, target, walk, { splits: false, braces: true }) ?? [];
  for (const field of fields) {
    if (/^[<>]&$/.test(operator) && /^(?:\d+-?|-)$/.test(field.text)) continue;
    redirect(field, operator.includes('>') ? 'write' : 'read', walk.state);
  }
}

export function hereString(node: Node, walk: Walk, stray: Node[]): void {
  const parts = node.namedChildren.flatMap((c) => (c === null || c.type === 'file_descriptor' ? [] : [c]));
  for (const field of readWords(parts.slice(0, 1), walk)) {
    if (field.unknown !== null) walk.state.opaque(field.unknown);
    walk.state.inputs.push(field.text, ...field.parts);
  }
  stray.push(...parts.slice(1));
}

export function hereDocument(node: Node, walk: Walk, stray: Node[], after: Node[]): void {
  for (const child of node.children) {
    if (child === null) continue;
    if (child.type === 'heredoc_body') {
      walk.state.inputs.push(textOf(child, walk.source));
      const quoted = hasQuotes(textOf(node.children.find((c) => c?.type === 'heredoc_start') ?? null, walk.source));
      if (!quoted) body(child, walk);
    } else if (child.type === 'file_redirect') fileRedirect(child, walk, stray);
    else if (child.type === 'herestring_redirect') hereString(child, walk, stray);
    else if (LITERALS.has(child.type) || EXPANSIONS.has(child.type)) stray.push(child);
    else if (child.isNamed && !/^(?:heredoc_start|heredoc_end|file_descriptor)$/.test(child.type)) after.push(child);
  }
}

/** Without quotes at its delimiter a body is expanded: what it substitutes runs. */
function body(node: Node, walk: Walk): void {
  const text = textOf(node, walk.source);
  const found: Node[] = [];
  for (const child of node.children) if (child !== null && EXPANSIONS.has(child.type)) found.push(child);
  for (const child of found) expandNode(child, true, insideOf(walk));
  // The parser may miss an expansion here; bash would not.
  const at = (i: number): boolean => found.some((n) => n.startIndex <= i && i < n.endIndex);
  for (const match of text.matchAll(/\\[^]|\$[({]|`/g)) {
    if (!match[0].startsWith('\\') && !at(node.startIndex + match.index)) return walk.state.fault('unparsable');
  }
}
