/** What runs a tool call here instead of in the agent, by the name a policy's routing gives. */
import { find } from './find.ts';
import { grep } from './grep.ts';
import type { LocalRun } from './local.ts';
import { read } from './read.ts';

export const executors: { readonly [name: string]: LocalRun } = Object.assign(Object.create(null) as { [name: string]: LocalRun }, {
  'builtin:read': read,
  'builtin:find': find,
  'builtin:grep': grep,
});

export type { Limits, LocalAccess, LocalContext, LocalInput, LocalResult, LocalRun } from './local.ts';
