/**
 * A scripted agent that treats answers as Claude Code does: it runs a tool the moment the tool's content_block_stop comes,
 * answers a tool it does not know with an error, sends the whole history each time, and gives the history back altered (text
 * before calls, results in order of completion, `replace_all` filled in).
 */
type Block = Record<string, unknown> & { type: string };
interface Message { role: string; content: string | Block[] }

export interface ToolAnswer { text: string; isError?: boolean }
export type Tools = Readonly<Record<string, (input: Record<string, unknown>) => ToolAnswer | Promise<ToolAnswer>>>;

export interface Ran { readonly id: string; readonly name: string; readonly input: unknown }

export interface Client {
  readonly messages: Message[];
  /** Calls that the agent ran or tried to run, with the name it was given. */
  readonly ran: Ran[];
  /** Bytes of each answer, as they came. */
  readonly answers: Uint8Array[];
  readonly statuses: number[];
  /** Sends the prompt and goes on until the model is done; gives the model's last text. */
  prompt(text: string | Block[]): Promise<string>;
  /** One request with the history as it is. */
  post(path?: string, more?: Record<string, unknown>): Promise<Response>;
}

export interface ClientOptions {
  readonly base: string;
  readonly tools: Tools;
  readonly session?: string;
  readonly agentId?: string;
  readonly stream?: boolean;
  readonly messages?: Message[];
  readonly headers?: Record<string, string>;
}

const UNKNOWN = (name: string): ToolAnswer => ({ text: `<tool_use_error>Error: No such tool available: ${name}</tool_use_error>`, isError: true });

export function createClient(options: ClientOptions): Client {
  const { base, tools, stream = true } = options;
  const client: Client = {
    messages: options.messages ?? [],
    ran: [],
    answers: [],
    statuses: [],
    post: (path = '/v1/messages?beta=true', more = {}) =>
      fetch(base + path, {
        method: 'POST',
        headers: headersOf(options),
        body: JSON.stringify({ model: 'claude-opus-5-5', max_tokens: 1024, metadata: { user_id: JSON.stringify({ session_id: options.session ?? 'session-1' }) }, messages: client.messages, ...(stream ? { stream: true } : {}), ...more }),
      }),
    async prompt(text) {
      client.messages.push({ role: 'user', content: text });
      for (;;) {
        const response = await client.post();
        client.statuses.push(response.status);
        if (response.status !== 200) return `${response.status} ${await response.text()}`;
        const { content, results } = stream ? await readStream(client, response, tools) : await readWhole(client, response, tools);
        client.messages.push({ role: 'assistant', content: altered(content) });
        if (results.length === 0) return content.map((b) => (b.type === 'text' ? String(b['text']) : '')).join('');
        client.messages.push({ role: 'user', content: results });
      }
    },
  };
  return client;
}

function headersOf(options: ClientOptions): Record<string, string> {
  return {
    'content-type': 'application/json',
    'user-agent': 'claude-cli/2.1.329 (external, sdk-cli)',
    'x-claude-code-session-id': options.session ?? 'session-1',
    ...(options.agentId === undefined ? {} : { 'x-claude-code-agent-id': options.agentId }),
    'anthropic-version': '2023-06-01',
    'x-api-key': 'dummy-key-for-loopback',
    ...options.headers,
  };
}

/** History as the agent gives it back: words first, then calls; inputs with defaults filled in. */
function altered(content: Block[]): Block[] {
  const calls = content.filter((b) => b.type === 'tool_use').map((b) => (b['name'] === 'Edit' ? { ...b, input: { replace_all: false, ...(b['input'] as object) } } : b));
  return [...content.filter((b) => b.type !== 'tool_use'), ...calls];
}

async function run(client: Client, block: Block, tools: Tools): Promise<Block> {
  const name = String(block['name']);
  client.ran.push({ id: String(block['id']), name, input: block['input'] });
  const answer = await (tools[name] ?? (() => UNKNOWN(name)))(block['input'] as Record<string, unknown>);
  return { type: 'tool_result', tool_use_id: block['id'], content: answer.text, ...(answer.isError === true ? { is_error: true } : {}) };
}

interface Answer { content: Block[]; results: Block[] }

async function readWhole(client: Client, response: Response, tools: Tools): Promise<Answer> {
  const bytes = new Uint8Array(await response.arrayBuffer());
  client.answers.push(bytes);
  const message = JSON.parse(new TextDecoder().decode(bytes)) as { content: Block[] };
  const results: Block[] = [];
  for (const block of message.content) if (block.type === 'tool_use') results.push(await run(client, block, tools));
  return { content: message.content, results };
}

async function readStream(client: Client, response: Response, tools: Tools): Promise<Answer> {
  const content: Block[] = [];
  const inputs = new Map<number, string>();
  const running: Promise<Block>[] = [];
  const chunks: Uint8Array[] = [];
  let text = '';
  const decoder = new TextDecoder();
  for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
    chunks.push(chunk);
    text += decoder.decode(chunk, { stream: true });
    let end: RegExpExecArray | null;
    while ((end = /\r?\n\r?\n|\r\r/.exec(text)) !== null) {
      onFrame(text.slice(0, end.index));
      text = text.slice(end.index + end[0].length);
    }
  }
  client.answers.push(Buffer.concat(chunks));
  return { content: content.filter((b) => b !== undefined), results: await Promise.all(running) };

  function onFrame(frame: string): void {
    const data = frame.split(/\r\n|\n|\r/).filter((l) => l.startsWith('data:')).map((l) => l.slice(5)).join('\n');
    if (data.trim() === '') return;
    const event = JSON.parse(data) as { type: string; index: number; content_block: Block; delta: Record<string, string> };
    if (event.type === 'error') throw new Error(`error event: ${data}`);
    if (event.type === 'content_block_start') content[event.index] = { ...event.content_block };
    if (event.type === 'content_block_delta') onDelta(event.index, event.delta);
    if (event.type !== 'content_block_stop') return;
    const block = content[event.index];
    if (block?.type !== 'tool_use') return;
    block['input'] = JSON.parse(inputs.get(event.index) || JSON.stringify(block['input'] ?? {}));
    running.push(run(client, block, tools));
  }

  function onDelta(index: number, delta: Record<string, string>): void {
    const block = content[index] as Block;
    if (delta['type'] === 'text_delta') block['text'] = String(block['text'] ?? '') + delta['text'];
    if (delta['type'] === 'thinking_delta') block['thinking'] = String(block['thinking'] ?? '') + delta['thinking'];
    if (delta['type'] === 'signature_delta') block['signature'] = delta['signature'];
    if (delta['type'] === 'input_json_delta') inputs.set(index, (inputs.get(index) ?? '') + delta['partial_json']);
  }
}
