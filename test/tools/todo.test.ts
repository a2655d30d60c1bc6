/** A session's list of things to do: written whole, read as written, bad ones refused by name. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { executors, type Todo, type TodoList } from '../../host/tools/index.ts';
import { openBench, type Bench } from './place.ts';

let bench: Bench;
beforeAll(() => (bench = openBench()));
afterAll(() => bench.end());

function list(): TodoList {
  let todos: readonly Todo[] = [];
  return { get: () => todos, set: (next) => void (todos = next) };
}
const run = async (executor: string, input: { readonly [name: string]: unknown }, todos: TodoList): Promise<{ readonly text: string; readonly isError: boolean } | undefined> => executors[executor]?.(bench.ops, bench.core, input, { ...bench.context([]), todos });

test('what_is_written_is_read', async () => {
  const todos = list();
  expect((await run('builtin:todo-read', {}, todos))?.text).toBe('[]');
  const written = [{ content: 'a', status: 'completed', activeForm: 'Doing a' }, { content: 'b', status: 'in_progress', id: '2', priority: 'high' }];
  expect(await run('builtin:todo-write', { todos: written }, todos)).toMatchObject({ text: 'The todo list is written: 0 pending, 1 in_progress, 1 completed.', isError: false });
  expect(JSON.parse((await run('builtin:todo-read', {}, todos))?.text ?? '')).toEqual(written);
  await run('builtin:todo-write', { todos: [] }, todos);
  expect((await run('builtin:todo-read', {}, todos))?.text).toBe('[]');
});

test.each([
  [{}, 'parameter "todos" must be a list'],
  [{ todos: {} }, 'parameter "todos" must be a list'],
  [{ todos: [], more: 1 }, 'unknown parameter "more"'],
  [{ todos: ['a'] }, '"todos[0]" must be an object'],
  [{ todos: [null] }, '"todos[0]" must be an object'],
  [{ todos: [{ status: 'pending' }] }, '"todos[0].content" must be a text'],
  [{ todos: [{ content: '', status: 'pending' }] }, '"todos[0].content" must be a text'],
  [{ todos: [{ content: 'a', status: 'done' }] }, '"todos[0].status" must be one of pending, in_progress, completed'],
  [{ todos: [{ content: 'a', status: 'pending' }, { content: 'b', status: 'pending', priority: 1 }] }, '"todos[1].priority" must be one of high, medium, low'],
  [{ todos: [{ content: 'a', status: 'pending', id: 5 }] }, '"todos[0].id" must be a text'],
  [{ todos: [{ content: 'a', status: 'pending', run: 'x' }] }, '"todos[0]" has an unknown member "run"'],
  [{ todos: Array.from({ length: 501 }, () => ({ content: 'a', status: 'pending' })) }, '501 todos, want at most 500'],
  [{ todos: [{ content: 'x'.repeat(600_000), status: 'pending' }] }, 'want at most 524288'],
])('a_bad_list_is_refused_and_the_old_one_stays %#', async (input, why) => {
  const todos = list();
  todos.set([{ content: 'kept', status: 'pending' }]);
  const result = await run('builtin:todo-write', input, todos);
  expect(result?.isError).toBe(true);
  expect(result?.text).toContain(why);
  expect(todos.get()).toHaveLength(1);
});

test('reading_takes_no_parameters', async () => {
  expect(await run('builtin:todo-read', { a: 1 }, list())).toMatchObject({ isError: true, text: 'Cannot run TodoRead: unknown parameter "a"' });
});
