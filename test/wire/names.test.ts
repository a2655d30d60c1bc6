import { describe, expect, test } from 'vitest';
import { agentNames, argumentsOf, shapeOf } from '../../host/wire/names.ts';

const CALLS: readonly (readonly [string, { readonly [name: string]: unknown }, object])[] = [
  ['Read', { file_path: '/w/a', offset: 2 }, { tool: 'read_file', class: 'read', paths: [{ text: '/w/a', access: 'read', glob: false }], missing: null }],
  ['Read', {}, { paths: [], missing: 'file_path' }],
  ['Read', { file_path: ['/w/.env'] }, { missing: 'file_path' }],
  ['Read', { file_path: '/w/ok', File_Path: '/w/.env' }, { paths: [{ text: '/w/ok' }, { text: '/w/.env' }] }],
  ['Read', { File_Path: '/w/.env' }, { paths: [{ text: '/w/.env' }], missing: 'file_path' }],
  ['Edit', { file_path: 'a', old_string: 'x', new_string: 'y' }, { tool: 'edit_file', class: 'write', paths: [{ text: 'a', access: 'write' }] }],
  ['MultiEdit', { file_path: 'a' }, { tool: 'edit_file', paths: [{ access: 'write' }] }],
  ['Write', { file_path: 'a', content: '' }, { tool: 'write_file', paths: [{ access: 'write' }] }],
  ['NotebookEdit', { notebook_path: 'a' }, { tool: 'notebook_edit', paths: [{ text: 'a', access: 'write' }] }],
  ['Glob', { pattern: '**/.e*', path: '/w' }, { tool: 'find_files', class: 'find', paths: [{ text: '/w', access: 'list', glob: false }, { text: '**/.e*', access: 'list', glob: true, base: '/w' }] }],
  ['Glob', { pattern: '*', path: null }, { paths: [{ text: '.', access: 'list' }, { text: '*', glob: true }], missing: null }],
  ['Grep', { pattern: 'x' }, { tool: 'grep', class: 'search', paths: [{ text: '.', access: 'search' }] }],
  ['Grep', { pattern: 'x', glob: '.env*', path: 'sub' }, { paths: [{ text: 'sub', access: 'search' }, { text: '.env*', glob: true, base: 'sub' }] }],
  ['Grep', { pattern: 'x', path: 7 }, { missing: 'path' }],
  ['Bash', { command: 'cat .env' }, { tool: 'shell_bash', class: 'shell', commands: [{ text: 'cat .env', shell: 'bash' }], paths: [] }],
  ['Bash', {}, { missing: 'command' }],
  ['Monitor', { command: 'tail -f x', description: 'd', timeout_ms: 1 }, { tool: 'shell_bash', commands: [{ text: 'tail -f x', shell: 'bash' }] }],
  ['PowerShell', { command: 'gc .env' }, { tool: 'shell_powershell', class: 'shell', commands: [{ text: 'gc .env', shell: 'powershell' }] }],
  ['WebFetch', { url: 'https://x', prompt: 'p' }, { tool: 'web_fetch', class: 'fetch', urls: ['https://x'] }],
  ['TodoWrite', { todos: [] }, { tool: 'todo_write', class: 'todo' }],
  ['TodoRead', {}, { tool: 'todo_read', class: 'todo' }],
  ['Agent', { description: 'd', prompt: 'p' }, { tool: 'agent', class: 'agent' }],
  ['mcp__files__read', { path: '/w/.env' }, { tool: 'mcp__files__read', class: 'other', paths: [] }],
  ['read', { file_path: 'x' }, { tool: 'read', class: 'other' }],
  ['toString', {}, { tool: 'toString', class: 'other' }],
  ['__proto__', {}, { tool: '__proto__', class: 'other' }],
];

describe('names', () => {
  for (const [name, input, want] of CALLS) test(`${name} ${JSON.stringify(input)}`, () => expect(argumentsOf(name, input)).toMatchObject(want));

  test('a canonical name leads back to the agents\' names', () => {
    expect(agentNames('edit_file')).toEqual(['Edit', 'MultiEdit']);
    expect(agentNames('grep')).toEqual(['Grep']);
    expect(shapeOf('Grep').tool).toBe('grep');
  });
});
