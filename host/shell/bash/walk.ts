/**
 * The walk over a sound tree: statement by statement, in the order of the text. Branches, loops and functions are all taken as
 * run, each once: what a line may touch is more than what it does touch.
 */
import type { Node } from 'web-tree-sitter';
import { mention, redirect, runSimple } from './command.ts';
import { plain } from './field.ts';
import { fileRedirect, hereDocument, hereString } from './redirects.ts';
import { evaluatedQuotes } from './subscripts.ts';
import { lostDash } from './tree.ts';
import { assignment, declaration, loop, prefixed } from './variables.ts';
import { EXPANSIONS, LITERALS, read, readWords, textOf, words, type Walk } from './words.ts';

const GROUPS = new Set([
  'program', 'list', 'pipeline', 'subshell', 'compound_statement', 'do_group', 'if_statement', 'elif_clause', 'else_clause', 'while_statement', 'negated_command',
  'variable_assignments', 'command_substitution', 'process_substitution',
]);
/** Means of setting a variable that leave no assignment in the tree. */
const SETTERS = /\b(?:read|mapfile|readarray|getopts|unset|let|eval|source|local|declare|typeset|nameref|select)\b|printf\s+-v|\(\(|(?:^|[\s;&|])\.\s|\$\{\w+:?=/;

export function walkTree(root: Node, line: Omit<Walk, 'visit'>): void {
  const walk: Walk = { ...line, visit: (node) => visit(node, walk, false) };
  survey(root, walk);
  visit(root, walk, true);
}

/** Names set twice, and functions: known before the walk, for a loop runs its end before its beginning. */
function survey(root: Node, { source, state }: Walk): void {
  const seen = new Set<string>(state.variables.keys());
  const hidden = SETTERS.test(source);
  for (const node of root.descendantsOfType(['variable_assignment', 'for_statement', 'function_definition'])) {
    if (node === null) continue;
    if (node.type === 'function_definition') {
      state.functions.add(textOf(node.childForFieldName('name'), source));
      continue;
    }
    if (node.type === 'variable_assignment' && node.parent?.type === 'command') continue;
    const name = textOf(node.childForFieldName(node.type === 'for_statement' ? 'variable' : 'name'), source).replace(/\[[^]*$/, '');
    if (hidden || seen.has(name)) state.unsure.add(name);
    seen.add(name);
  }
}

function visit(node: Node, walk: Walk, sure: boolean): void {
  const { state } = walk;
  if (state.faulted()) return;
  if (GROUPS.has(node.type)) return group(node, walk, sure);
  switch (node.type) {
    case 'command':
      return command(node, [], walk);
    case 'redirected_statement':
      return redirected(node, walk, sure);
    case 'variable_assignment':
      return assignment(node, walk, sure, '');
    case 'declaration_command':
    case 'unset_command':
      return declaration(node, walk, sure);
    case 'for_statement':
      return loop(node, walk);
    case 'test_command':
      return condition(node, walk);
    case 'case_statement':
    case 'case_item':
    case 'function_definition':
    case 'c_style_for_statement':
      for (const child of node.namedChildren) if (child !== null) visitPart(child, walk);
      return;
    case 'comment':
      return;
    default:
      return state.fault('unparsable');
  }
}

function group(node: Node, walk: Walk, sure: boolean): void {
  const arithmetic = node.type === 'compound_statement' && node.children[0]?.type === '((';
  if (arithmetic) {
    if (/[A-Za-z_$]/.test(textOf(node, walk.source))) walk.state.opaque('expansion: arithmetic');
    return words(node, walk, false);
  }
  const straight = sure && (node.type === 'program' || node.type === 'compound_statement' || node.type === 'variable_assignments');
  node.namedChildren.forEach((child, at) => {
    if (child === null) return;
    if (child.type === 'file_redirect') fileRedirect(child, walk, []);
    else visit(child, walk, straight || (sure && node.type === 'list' && at === 0));
  });
}

/** Patterns, names and values among statements. */
function visitPart(node: Node, walk: Walk): void {
  if (/(?:^|_)(?:command|statement|statements|definition|assignment|assignments|group|item|clause)$|^(?:list|pipeline|subshell|comment)$/.test(node.type)) return visit(node, walk, false);
  if (node.type === 'file_redirect') return fileRedirect(node, walk, []);
  words(node, walk, true);
}

/** `extra`: words that the parser put behind a redirection, though they are the command's. */
function command(node: Node, extra: readonly Node[], walk: Walk, dash = false): void {
  const { state } = walk;
  const prefix: string[] = [];
  const nodes: Node[] = [];
  const stray: Node[] = [];
  for (const child of node.children) {
    if (child === null) continue;
    if (child.type === 'variable_assignment') prefix.push(prefixed(child, walk));
    else if (child.type === 'file_redirect') fileRedirect(child, walk, stray);
    else if (child.type === 'herestring_redirect') hereString(child, walk, stray);
    else if (child.type === 'subshell') return state.fault('unparsable');
    else nodes.push(child);
  }
  const all = [...nodes, ...stray, ...extra].sort((a, b) => a.startIndex - b.startIndex);
  const words = readWords(all, walk);
  runSimple({ words: dash ? [...words, plain('-')] : words, prefix, script: walk.text }, state);
}

/** `[ … ]` is a command like others, so its inside must read as words; `[[ … ]]` is syntax of its own. */
function condition(node: Node, walk: Walk): void {
  const { source, state } = walk;
  const open = node.children[0]?.type ?? '';
  state.program(open === '[[' ? '[[' : '[');
  state.command(textOf(node, source), true);
  // The parser takes `-fname` apart; the shell does not.
  for (const piece of textOf(node, source).split(/\s+/)) mention(plain(piece.replace(/['"\\]/g, '')), state, state.directories);
  evaluatedQuotes(textOf(node, source), state);
  if (open === '[[') return words(node, walk, true);
  const leaves: Node[] = [];
  const collect = (part: Node): void => {
    if (LITERALS.has(part.type) || EXPANSIONS.has(part.type) || part.childCount === 0) leaves.push(part);
    else if (part.type === 'redirected_statement') state.fault('unparsable');
    else for (const child of part.children) if (child !== null) collect(child);
  };
  for (const child of node.children.slice(1)) if (child !== null) collect(child);
  const sorted = leaves.sort((a, b) => a.startIndex - b.startIndex);
  if (sorted.some((leaf) => /^(?:&&|\|\|?|[&;()]|\n)$/.test(textOf(leaf, source)))) return state.fault('unparsable');
  const at = (i: number): string => textOf(sorted[i] ?? null, source);
  sorted.forEach((leaf, i) => {
    const text = at(i);
    if (text === '<' || text === '>' || text === ']') return;
    const fields = read(leaf.startIndex, leaf.endIndex, [leaf], walk, { splits: true, braces: true }) ?? [];
    for (const field of fields) {
      mention(field, state, state.directories);
      if (field.unknown !== null) state.opaque(field.unknown);
      else if (at(i - 1) === '>' || at(i - 1) === '<') redirect(field, at(i - 1) === '>' ? 'write' : 'read', state);
      else if (/^-(?:[bcdefghkprstuwxLOGSN]|nt|ot|ef)$/.test(at(i - 1))) state.emit(field.text, 'list', field.glob, state.directories);
    }
  });
}

function redirected(node: Node, walk: Walk, sure: boolean): void {
  const stray: Node[] = [];
  const body = node.childForFieldName('body');
  const after: Node[] = [];
  for (const child of node.children) {
    if (child === null || child.id === body?.id) continue;
    if (child.type === 'file_redirect') fileRedirect(child, walk, stray);
    else if (child.type === 'herestring_redirect') hereString(child, walk, stray);
    else if (child.type === 'heredoc_redirect') hereDocument(child, walk, stray, after);
  }
  const next = node.children.find((c) => c?.type === 'heredoc_redirect');
  const dash = body?.type === 'command' && next !== null && next !== undefined && lostDash(walk.source, body.endIndex, next.startIndex);
  if (stray.length === 0 && !dash) {
    if (body !== null) visit(body, walk, sure);
  } else if (body?.type === 'command') command(body, stray, walk, dash);
  else if (body === null) runSimple({ words: readWords(stray, walk), prefix: [], script: walk.text }, walk.state);
  else {
    // The words belong to the last command of the body, which is read without them; they are judged by themselves.
    visit(body, walk, sure);
    walk.state.opaque('words behind a redirection');
    for (const field of readWords(stray, walk)) mention(field, walk.state, walk.state.directories);
  }
  for (const part of after) visit(part, walk, false);
}
