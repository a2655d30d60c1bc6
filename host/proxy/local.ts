/** LOCAL: a call that is answered here. The tool opens each file once and asks the gate about what it has in hand. */
import { judgeContent } from '../gate/content.ts';
import { localLimits, mayOpen } from '../gate/gate.ts';
import type { Ruling, Turn } from '../gate/turn.ts';
import type { Call } from '../gate/call.ts';
import { bounded, type Bounded, type Session } from '../gate/session.ts';
import type { StoredResult } from '../ledger/index.ts';
import { plainRepository } from '../gate/repository.ts';
import { createResolver } from '../gate/resolve.ts';
import { executors, type Todo, type TodoList } from '../tools/index.ts';
import type { Input } from '../wire/events.ts';

type LocalAnswer = Pick<StoredResult, 'content' | 'is_error' | 'secrets_redacted'>;

/** The answer as the model will read it: what it holds is judged before it is stored. */
export async function answerLocally(turn: Turn, call: Call, input: Input, ruling: Ruling): Promise<LocalAnswer> {
  const run = executors[ruling.decision.executor ?? ''];
  if (run === undefined) throw new Error(`bug: no executor ${ruling.decision.executor ?? 'named'}`);
  const { ops, core, cwd } = turn.setting;
  const resolver = createResolver(ops, [cwd], ops.host.home);
  const result = await run(ops, core, input, {
    cwd,
    home: ops.host.home,
    resolve: (asked) => resolver.resolve(asked),
    otherNames: (path, stat) => resolver.otherNames(path, stat),
    allowed: (spellings, access) => mayOpen(turn, ruling, spellings, access),
    repository: (folder) => plainRepository(ops, folder),
    limits: localLimits(turn),
    todos: todosOf(turn),
  });
  const judged = judgeContent(turn, { id: call.id, tool: call.tool, class: call.class }, [result.text], 0);
  return { content: judged.refusal ?? (judged.texts[0] as string), is_error: result.isError || judged.refusal !== null, secrets_redacted: judged.redacted };
}

/** Lists of things to do, by session and agent: they go with the session's memory. */
const todos = new WeakMap<Session, Bounded<readonly Todo[]>>();
const MAX_LISTS = 32;

function todosOf(turn: Turn): TodoList {
  const lists = todos.get(turn.session) ?? bounded<readonly Todo[]>(MAX_LISTS);
  todos.set(turn.session, lists);
  const agent = turn.caller.agentId ?? '';
  return { get: () => lists.get(agent) ?? [], set: (list) => void lists.set(agent, list) };
}
