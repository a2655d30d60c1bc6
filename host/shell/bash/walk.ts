/**
 * The walk over a sound tree: statement by statement, in the order of the text. Branches, loops and functions are all taken as
 * run, each once: what a line may touch is more than what it does touch.
 */
import type { Node } from 'web-tree-sitter';
import { mention, redirect, runSimple } from './command.ts';
import { COUNTER, expandNode, type Inside } from './expand.ts';
import { fieldsOf, plain, type Field } from './field.ts';
import { steers, type State } from './state.ts';
import { hasQuotes, lostDash } from './tree.ts';
import { readUnits, type Unit } from './units.ts';

const EXPANSIONS = new Set(['simple_expansion', 'expansion', 'command_substitution', 'process_substitution', 'arithmetic_expansion']);
const GROUPS = new Set([
  'program', 'list', 'pipeline', 'subshell', 'compound_statement', 'do_group', 'if_statement', 'elif_clause', 'else_clause', 'while_statement', 'negated_command',
  'variable_assignments', 'command_substitution', 'process_substitution',
]);
/** Means of setting a variable that leave no assignment in the tree. */
const SETTERS = /\b(?:read|mapfile|readarray|getopts|unset|let|eval|source|local|declare|typeset|nameref|select)\b|printf\s+-v|\(\(|(?:^|[\s;&|])\.\s|\$\{\w+:?=/;

export interface Walk {
  readonly source: string;
  readonly state: State;
  /** Reads a text as a line of its own; `strict`: what cannot be read is a fault of the whole. */
  readonly text: (text: string, strict: boolean) => void;
}

export function walkTree(root: Node, walk: Walk): void {
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

const textOf = (node: Node | null, source: string): string => (node === null ? '' : source.slice(node.startIndex, node.endIndex));

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

/** Literals anywhere in a node that is no command: they are mentions, and what they substitute runs. */
function words(node: Node, walk: Walk, literal: boolean): void {
  if (EXPANSIONS.has(node.type)) {
    const hole = expandNode(node, true, insideOf(walk)).find((unit) => unit.kind === 'hole');
    if (hole !== undefined && hole.reason !== COUNTER && node.parent?.type !== 'case_statement') walk.state.opaque(hole.reason);
    return;
  }
  if (literal && LITERALS.has(node.type)) {
    for (const field of read(node.startIndex, node.endIndex, [node], walk, { splits: false, braces: false }) ?? []) {
      mention(field, walk.state, walk.state.directories);
      if (field.unknown !== null && field.unknown !== COUNTER && node.parent?.type !== 'case_statement') walk.state.opaque(field.unknown);
    }
    return;
  }
  for (const child of node.children) if (child !== null) words(child, walk, literal);
}

const LITERALS = new Set(['word', 'string', 'raw_string', 'ansi_c_string', 'translated_string', 'concatenation', 'number']);

function insideOf(walk: Walk): Inside {
  return {
    source: walk.source,
    state: walk.state,
    walk: (node) => visit(node, walk, false),
    text: (text) => walk.text(text, true),
    literals: (node) =>
      node.namedChildren.flatMap((child) =>
        child === null || !LITERALS.has(child.type) ? [] : (read(child.startIndex, child.endIndex, [child], walk, { splits: false, braces: false }) ?? []).flatMap((f) => (f.unknown === null ? [f.text] : f.parts)),
      ),
  };
}

/** The fields of source[start, end), which `nodes` cover. Null and a fault: tree and shell read it differently. */
function read(start: number, end: number, nodes: readonly Node[], walk: Walk, rules: { splits: boolean; braces: boolean }): readonly Field[] | null {
  const found = new Map<number, Node>();
  const collect = (node: Node): void => {
    if (EXPANSIONS.has(node.type)) found.set(node.startIndex, node);
    else for (const child of node.children) if (child !== null) collect(child);
  };
  nodes.forEach(collect);
  const inside = insideOf(walk);
  const units: readonly Unit[] | null = readUnits(walk.source, start, end, found, (node, quoted) => expandNode(node, quoted, inside));
  if (units !== null) return fieldsOf(units, walk.source.slice(start, end), walk.state.place, rules);
  walk.state.fault('unparsable');
  return null;
}

/** Words that touch each other in the source are one word. */
function readWords(nodes: readonly Node[], walk: Walk): readonly Field[] {
  const out: Field[] = [];
  for (let i = 0; i < nodes.length; ) {
    let j = i + 1;
    while (j < nodes.length && nodes[j]?.startIndex === nodes[j - 1]?.endIndex) j += 1;
    const run = nodes.slice(i, j);
    out.push(...(read(run[0]?.startIndex ?? 0, run.at(-1)?.endIndex ?? 0, run, walk, { splits: true, braces: true }) ?? []));
    i = j;
  }
  return out;
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

function prefixed(node: Node, walk: Walk): string {
  const { name, fields } = valueOf(node, walk);
  fields.forEach((field) => mention(field, walk.state, walk.state.directories));
  if (steers(name)) walk.state.opaque(`environment: ${name}`);
  const doubt = fields.find((f) => f.unknown !== null);
  if (doubt !== undefined) walk.state.opaque(doubt.unknown ?? '');
  return `${name}=${fields.map((f) => f.text).join(' ')}`;
}

function valueOf(node: Node, walk: Walk): { name: string; fields: readonly Field[] } {
  const target = node.childForFieldName('name');
  const name = textOf(target, walk.source).replace(/\[[^]*$/, '');
  if (target?.type === 'subscript') words(target, walk, false);
  const value = node.childForFieldName('value');
  if (value === null) return { name, fields: [] };
  if (value.type === 'array') return { name, fields: readWords(value.namedChildren.flatMap((c) => (c === null ? [] : [c])), walk) };
  return { name, fields: read(value.startIndex, value.endIndex, [value], walk, { splits: false, braces: false }) ?? [] };
}

function assignment(node: Node, walk: Walk, sure: boolean, before: string): void {
  const { state } = walk;
  const { name, fields } = valueOf(node, walk);
  state.command(`${before}${name}=${fields.map((f) => f.text).join(' ')}`, true);
  fields.forEach((field) => mention(field, state, state.directories));
  if (steers(name)) state.opaque(`environment: ${name}`);
  const field = fields[0] ?? plain('');
  const whole = node.childForFieldName('value')?.type !== 'array' && node.childForFieldName('name')?.type !== 'subscript' && node.children.some((c) => c?.type === '=');
  const old = state.variables.get(name)?.values ?? [];
  const texts = fields.flatMap((f) => (f.unknown === null ? [f.text, ...f.others] : f.parts));
  const known = sure && whole && fields.length <= 1 && field.unknown === null && field.others.length === 0;
  state.variables.set(name, {
    values: known ? [{ text: field.text, glob: field.glob }] : [...old, ...texts.map((text) => ({ text, glob: false }))].slice(0, 16),
    sure: known,
  });
}

function declaration(node: Node, walk: Walk, sure: boolean): void {
  const head = node.children[0];
  const name = head === null || head === undefined ? '' : textOf(head, walk.source);
  walk.state.program(name);
  const rest: Node[] = [];
  for (const child of node.children.slice(1)) {
    if (child === null) continue;
    if (child.type === 'variable_assignment') assignment(child, walk, sure, `${name} `);
    else if (child.type === 'variable_name') rest.push(child);
    else rest.push(child);
  }
  const fields = readWords(rest, walk);
  if (fields.length > 0) walk.state.command([name, ...fields.map((f) => f.text)].join(' '), true);
  for (const field of fields) {
    mention(field, walk.state, walk.state.directories);
    if (field.unknown !== null) walk.state.opaque(field.unknown);
    const variable = /^(\w+)(?:=|$)/.exec(field.text)?.[1];
    if (variable !== undefined && (steers(variable) || /=/.test(field.text))) walk.state.opaque(`environment: ${variable}`);
    if (variable !== undefined) walk.state.unsure.add(variable);
  }
}

function loop(node: Node, walk: Walk): void {
  const { state } = walk;
  const name = textOf(node.childForFieldName('variable'), walk.source);
  const fields = readWords(node.childrenForFieldName('value').flatMap((c) => (c === null ? [] : [c])), walk);
  fields.forEach((field) => mention(field, state, state.directories));
  const doubt = fields.find((f) => f.unknown !== null);
  if (doubt !== undefined) state.opaque(doubt.unknown ?? '');
  const values = fields.flatMap((f) => (f.unknown === null ? [f.text, ...f.others].map((text) => ({ text, glob: f.glob })) : f.parts.map((text) => ({ text, glob: false }))));
  state.variables.set(name, { values, sure: doubt === undefined && values.length > 0 && node.children[0]?.type === 'for' });
  const body = node.childForFieldName('body');
  if (body !== null) visit(body, walk, false);
  // Behind the loop the variable has its last value, or none: it is no longer sure.
  state.variables.set(name, { values: values.slice(0, 16), sure: false });
}

/** `[ … ]` is a command like others, so its inside must read as words; `[[ … ]]` is syntax of its own. */
function condition(node: Node, walk: Walk): void {
  const { source, state } = walk;
  const open = node.children[0]?.type ?? '';
  state.program(open === '[[' ? '[[' : '[');
  state.command(textOf(node, source), true);
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

function fileRedirect(node: Node, walk: Walk, stray: Node[]): void {
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

function hereString(node: Node, walk: Walk, stray: Node[]): void {
  const parts = node.namedChildren.flatMap((c) => (c === null || c.type === 'file_descriptor' ? [] : [c]));
  for (const field of readWords(parts.slice(0, 1), walk)) {
    if (field.unknown !== null) walk.state.opaque(field.unknown);
    walk.state.inputs.push(field.text, ...field.parts);
  }
  stray.push(...parts.slice(1));
}

function hereDocument(node: Node, walk: Walk, stray: Node[], after: Node[]): void {
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

