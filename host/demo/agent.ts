/**
 * The scripted agent: a client of the Messages API that behaves as real ones do. It streams, runs a tool the moment the
 * block's stop arrives, answers a tool it does not know with an error, and sends the whole history back each turn.
 */
import type { PlayAgent, Stage } from './stage.ts';

interface ToolUse {
  readonly type: 'tool_use';
  readonly id: string;
  readonly name: string;
  readonly input: { readonly [name: string]: unknown };
}

type Content = ToolUse | { readonly type: 'text'; readonly text: string };

interface ToolResult {
  readonly type: 'tool_result';
  readonly tool_use_id: string;
  readonly content: string;
  readonly is_error?: true;
}

interface Event {
  readonly type: string;
  readonly index?: number;
  readonly content_block?: { readonly type: string; readonly id?: string; readonly name?: string };
  readonly delta?: { readonly type?: string; readonly text?: string; readonly partial_json?: string };
  readonly error?: { readonly message?: string };
}

/** A session that goes on longer than this is a fault of the script. */
const MAX_TURNS = 40;

const tools = [
  { name: 'Read', description: 'Reads a file.', input_schema: { type: 'object', properties: { file_path: { type: 'string' } }, required: ['file_path'] } },
  { name: 'Bash', description: 'Runs a command.', input_schema: { type: 'object', properties: { command: { type: 'string' } }, required: ['command'] } },
  { name: 'Grep', description: 'Searches files.', input_schema: { type: 'object', properties: { pattern: { type: 'string' }, path: { type: 'string' } }, required: ['pattern'] } },
];

export function createAgent(stage: Stage, sessionId: string): PlayAgent {
  return async (baseUrl, prompt) => {
    const messages: { role: 'user' | 'assistant'; content: string | readonly (Content | ToolResult)[] }[] = [{ role: 'user', content: prompt }];
    for (let turn = 0; turn < MAX_TURNS; turn++) {
      const { content, results } = await oneTurn(stage, baseUrl, sessionId, messages);
      if (results.length === 0) return;
      messages.push({ role: 'assistant', content }, { role: 'user', content: await Promise.all(results) });
    }
    throw new Error(`bug: the scripted session did not end after ${MAX_TURNS} turns`);
  };
}

async function oneTurn(stage: Stage, baseUrl: string, sessionId: string, messages: readonly unknown[]): Promise<{ content: Content[]; results: Promise<ToolResult>[] }> {
  const body = { model: 'demo-model', max_tokens: 1024, stream: true, system: 'You are a coding agent.', tools, messages, metadata: { user_id: JSON.stringify({ session_id: sessionId }) } };
  const answer = await fetch(`${baseUrl}/v1/messages`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'anthropic-version': '2023-06-01', 'x-api-key': 'demo', 'user-agent': 'occasio-demo' },
    body: JSON.stringify(body),
  });
  if (!answer.ok || answer.body === null) throw new Error(`the proxy answered ${answer.status}: ${await answer.text()}`);
  const blocks = new Map<number, { readonly start: NonNullable<Event['content_block']>; text: string }>();
  const content: Content[] = [];
  const results: Promise<ToolResult>[] = [];
  for await (const event of events(answer.body)) {
    if (event.type === 'error') throw new Error(`the stream broke: ${event.error?.message ?? 'no message'}`);
    if (event.type === 'content_block_start' && event.content_block !== undefined) blocks.set(event.index ?? 0, { start: event.content_block, text: '' });
    const block = blocks.get(event.index ?? 0);
    if (block === undefined) continue;
    if (event.type === 'content_block_delta') block.text += event.delta?.text ?? event.delta?.partial_json ?? '';
    if (event.type === 'content_block_stop') {
      if (block.start.type !== 'tool_use') {
        content.push({ type: 'text', text: block.text });
        continue;
      }
      const use: ToolUse = { type: 'tool_use', id: block.start.id ?? '', name: block.start.name ?? '', input: JSON.parse(block.text === '' ? '{}' : block.text) as ToolUse['input'] };
      content.push(use);
      results.push(runTool(stage, use));
    }
  }
  return { content, results };
}

/** Events of a stream, each the moment its blank line arrives. */
async function* events(body: ReadableStream<Uint8Array>): AsyncIterable<Event> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of body) {
    text += decoder.decode(chunk, { stream: true });
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      const data = text.slice(0, end).split('\n').filter((l) => l.startsWith('data:')).map((l) => l.slice(5)).join('\n');
      text = text.slice(end + 2);
      if (data !== '') yield JSON.parse(data) as Event;
    }
  }
}

async function runTool(stage: Stage, use: ToolUse): Promise<ToolResult> {
  const result = (content: string, failed: boolean): ToolResult => ({ type: 'tool_result', tool_use_id: use.id, content, ...(failed ? { is_error: true } : {}) });
  const word = (name: string): string => String(use.input[name] ?? '');
  if (use.name === 'Read') {
    try {
      const lines = (await stage.readText(word('file_path'))).split('\n');
      return result(lines.map((l, i) => `${i + 1}\t${l}`).join('\n'), false);
    } catch (error) {
      return result(error instanceof Error ? error.message : String(error), true);
    }
  }
  if (use.name === 'Bash') {
    const { text, failed } = await stage.shell(word('command'));
    return result(text, failed);
  }
  if (use.name === 'Grep') {
    const quote = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
    const { text, failed } = await stage.shell(`grep -rn -e ${quote(word('pattern'))} -- ${quote(word('path'))}`);
    return result(text, failed);
  }
  return result(`<tool_use_error>Error: No such tool available: ${use.name}</tool_use_error>`, true);
}
