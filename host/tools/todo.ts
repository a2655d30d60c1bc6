/**
 * TodoWrite{todos: [{content, status; id, priority, activeForm}]} and TodoRead{}: a list that lives as long as its session
 * here. Writing replaces the list whole; reading gives it as JSON, in the order and with the members it was written with.
 */
import { answer, byteLength, defaultLimits, refusal, type LocalInput, type LocalRun } from './local.ts';

export interface Todo {
  readonly content: string;
  readonly status: (typeof STATUS)[number];
  readonly id?: string;
  readonly priority?: (typeof PRIORITY)[number];
  readonly activeForm?: string;
}

/** Where a session's list is kept. */
export interface TodoList {
  get(): readonly Todo[];
  set(todos: readonly Todo[]): void;
}

const STATUS = ['pending', 'in_progress', 'completed'] as const;
const PRIORITY = ['high', 'medium', 'low'] as const;
const MEMBERS = new Set(['content', 'status', 'id', 'priority', 'activeForm']);

export const todoWrite: LocalRun = async (_ops, _core, input, context) => {
  const read = readTodos(input);
  if ('why' in read) return refusal(`Cannot run TodoWrite: ${read.why}`);
  const limits = { ...defaultLimits, ...context.limits };
  if (read.todos.length > limits.matches) return refusal(`Cannot run TodoWrite: ${read.todos.length} todos, want at most ${limits.matches}`);
  const size = byteLength(JSON.stringify(read.todos));
  if (size > limits.bytes) return refusal(`Cannot run TodoWrite: the list has ${size} bytes, want at most ${limits.bytes}`);
  context.todos?.set(read.todos);
  const counts = STATUS.map((status) => `${read.todos.filter((todo) => todo.status === status).length} ${status}`);
  return answer(`The todo list is written: ${counts.join(', ')}.`);
};

export const todoRead: LocalRun = async (_ops, _core, input, context) => {
  const [name] = Object.keys(input);
  if (name !== undefined) return refusal(`Cannot run TodoRead: unknown parameter ${JSON.stringify(name.slice(0, 60))}`);
  return answer(JSON.stringify(context.todos?.get() ?? []));
};

function readTodos(input: LocalInput): { readonly todos: readonly Todo[] } | { readonly why: string } {
  const unknown = Object.keys(input).find((name) => name !== 'todos');
  if (unknown !== undefined) return { why: `unknown parameter ${JSON.stringify(unknown.slice(0, 60))}` };
  const list = Object.hasOwn(input, 'todos') ? input['todos'] : undefined;
  if (!Array.isArray(list)) return { why: 'parameter "todos" must be a list' };
  const faults = list.map((todo, at) => faultOf(todo, `todos[${at}]`)).filter((fault) => fault !== null);
  return faults[0] === undefined ? { todos: list as readonly Todo[] } : { why: faults[0] };
}

function faultOf(todo: unknown, at: string): string | null {
  if (typeof todo !== 'object' || todo === null || Array.isArray(todo)) return `"${at}" must be an object`;
  const of = todo as { readonly [name: string]: unknown };
  const unknown = Object.keys(of).find((name) => !MEMBERS.has(name));
  if (unknown !== undefined) return `"${at}" has an unknown member ${JSON.stringify(unknown.slice(0, 60))}`;
  if (typeof of['content'] !== 'string' || of['content'] === '') return `"${at}.content" must be a text`;
  if (!STATUS.some((status) => status === of['status'])) return `"${at}.status" must be one of ${STATUS.join(', ')}`;
  if (of['priority'] !== undefined && !PRIORITY.some((priority) => priority === of['priority'])) return `"${at}.priority" must be one of ${PRIORITY.join(', ')}`;
  for (const name of ['id', 'activeForm']) if (of[name] !== undefined && typeof of[name] !== 'string') return `"${at}.${name}" must be a text`;
  return null;
}
