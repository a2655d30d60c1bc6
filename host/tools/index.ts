/** What runs a tool call here instead of in the agent, by the name a policy's routing gives. */
import { find } from './find.ts';
import { grep } from './grep.ts';
import type { LocalRun } from './local.ts';
import { read } from './read.ts';
import { shell } from './shell/index.ts';
import { powershell } from './shell/powershell.ts';
import { todoRead, todoWrite } from './todo.ts';

export const executors: { readonly [name: string]: LocalRun } = Object.assign(Object.create(null) as { [name: string]: LocalRun }, {
  'builtin:read': read,
  'builtin:find': find,
  'builtin:grep': grep,
  'builtin:shell': shell,
  'builtin:powershell': powershell,
  'builtin:todo-write': todoWrite,
  'builtin:todo-read': todoRead,
});

export type { Todo, TodoList } from './todo.ts';
export type { Limits, LocalAccess, LocalContext, LocalInput, LocalResult, LocalRun } from './local.ts';
