/** Assignments, declarations, loop variables: what the line knows of its own variables. */
import type { Node } from 'web-tree-sitter';
import { mention } from './command.ts';
import { plain, type Field } from './field.ts';
import { steers } from './state.ts';
import { evaluated } from './subscripts.ts';
import { read, readWords, textOf, words, type Walk } from './words.ts';

export function prefixed(node: Node, walk: Walk): string {
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

export function assignment(node: Node, walk: Walk, sure: boolean, before: string): void {
  const { state } = walk;
  const { name, fields } = valueOf(node, walk);
  state.command(`${before}${name}=${fields.map((f) => f.text).join(' ')}`, true);
  fields.forEach((field) => mention(field, state, state.directories));
  for (const value of fields) evaluated(value.text, state);
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

export function declaration(node: Node, walk: Walk, sure: boolean): void {
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
    evaluated(field.text, walk.state);
    if (field.unknown !== null) walk.state.opaque(field.unknown);
    const variable = /^(\w+)(?:=|$)/.exec(field.text)?.[1];
    if (variable !== undefined && (steers(variable) || /=/.test(field.text))) walk.state.opaque(`environment: ${variable}`);
    if (variable !== undefined) walk.state.unsure.add(variable);
  }
}

export function loop(node: Node, walk: Walk): void {
  const { state } = walk;
  const name = textOf(node.childForFieldName('variable'), walk.source);
  const fields = readWords(node.childrenForFieldName('value').flatMap((c) => (c === null ? [] : [c])), walk);
  fields.forEach((field) => mention(field, state, state.directories));
  const doubt = fields.find((f) => f.unknown !== null);
  if (doubt !== undefined) state.opaque(doubt.unknown ?? '');
  const values = fields.flatMap((f) => (f.unknown === null ? [f.text, ...f.others].map((text) => ({ text, glob: f.glob })) : f.parts.map((text) => ({ text, glob: false }))));
  state.variables.set(name, { values, sure: doubt === undefined && values.length > 0 && node.children[0]?.type === 'for' });
  const body = node.childForFieldName('body');
  if (body !== null) walk.visit(body);
  // Behind the loop the variable has its last value, or none: it is no longer sure.
  state.variables.set(name, { values: values.slice(0, 16), sure: false });
}
