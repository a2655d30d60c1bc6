/**
 * An agent that is cheap to run by the dozen: it sends what Claude Code sends in size and shape, runs no tool, and answers each
 * call the moment its content_block_stop comes.
 */
import http from 'node:http';

export interface Conversation {
  /** Where the model is, or the proxy before it. */
  readonly base: string;
  readonly session: string;
  /** Names the conversation within its session, as a subagent. */
  readonly name: string;
  /** Calls before the model is done. */
  readonly turns: number;
  readonly agent: http.Agent;
  /** A call was released to the client: it would run now. */
  readonly released?: (id: string, name: string) => void;
  /** First byte of an answer's body, in milliseconds after the request. */
  readonly firstByte?: (milliseconds: number) => void;
}

export interface Outcome {
  readonly turns: number;
  /** Why it ended early: a status, an error event, a broken connection. */
  readonly failure: string | null;
}

const SYSTEM = text(28_000, 1);
const TOOLS = Array.from({ length: 12 }, (_, i) => ({ name: `Tool${i}`, description: text(1400, i + 2), input_schema: { type: 'object', properties: { file_path: { type: 'string', description: 'The absolute path' }, limit: { type: 'integer' } }, required: ['file_path'] } }));
/** About 50 KB, as a first request of Claude Code is. */
const HEAD = `{"model":"claude-opus-5-5","max_tokens":32000,"stream":true,"system":[{"type":"text","text":${JSON.stringify(SYSTEM)},"cache_control":{"type":"ephemeral"}}],"tools":${JSON.stringify(TOOLS)},"metadata":{"user_id":"{}"},"messages":[`;
const RESULT = JSON.stringify(text(2000, 99));

/** Lines as source code has them. */
function text(length: number, seed: number): string {
  const words = ['const', 'value', 'return', 'import', 'from', 'function', 'await', 'result', 'if', 'path', 'string', 'number', '=>', '{', '}', '();', '=== null', "'utf8'"];
  let out = '';
  for (let at = seed; out.length < length; at = (at * 1_103_515_245 + 12_345) % 2_147_483_648) out += `${words[(at >> 8) % words.length]}${(at >> 16) % 9 === 0 ? '\n  ' : ' '}`;
  return out.slice(0, length);
}

/** The whole conversation, one turn after the other. */
export async function converse(one: Conversation): Promise<Outcome> {
  const messages = [`{"role":"user","content":[{"type":"text","text":"Make the tests of ${one.name} pass."}]}`];
  for (let turn = 0; turn <= one.turns; turn++) {
    const answer = await ask(one, turn, `${HEAD}${messages.join(',')}]}`).catch((error: unknown) => (error as Error).message);
    if (typeof answer === 'string') return { turns: turn, failure: answer };
    const call = answer.call === null ? '' : `,{"type":"tool_use","id":"${answer.call.id}","name":"${answer.call.name}","input":${answer.call.input}}`;
    messages.push(`{"role":"assistant","content":[{"type":"text","text":${JSON.stringify(answer.text)}}${call}]}`);
    if (answer.call === null) return { turns: turn + 1, failure: null };
    messages.push(`{"role":"user","content":[{"type":"tool_result","tool_use_id":"${answer.call.id}","content":${RESULT}}]}`);
  }
  return { turns: one.turns + 1, failure: 'the model did not end' };
}

interface Answer {
  text: string;
  call: { readonly id: string; readonly name: string; input: string } | null;
}

interface Event {
  readonly type: string;
  readonly content_block?: { readonly type: string; readonly id: string; readonly name: string };
  readonly delta?: { readonly type: string; readonly text?: string; readonly partial_json?: string };
  readonly error?: { readonly message: string };
}

/** One request. Rejects where the answer is not whole. */
function ask(one: Conversation, turn: number, body: string): Promise<Answer> {
  const headers = {
    'content-type': 'application/json', 'user-agent': 'claude-cli/2.1.329 (external, cli)', 'anthropic-version': '2023-06-01', 'x-api-key': 'dummy-key-for-loopback', 'content-length': Buffer.byteLength(body),
    'x-claude-code-session-id': one.session, 'x-claude-code-agent-id': one.name, 'x-conversation': one.name, 'x-turn': `${turn}/${one.turns}`,
  };
  const answer: Answer = { text: '', call: null };
  return new Promise((resolve, reject) => {
    const from = performance.now();
    let whole = false;
    let rest = '';
    const request = http.request(`${one.base}/v1/messages?beta=true`, { method: 'POST', headers, agent: one.agent }, (response) => {
      response.once('data', () => one.firstByte?.(performance.now() - from));
      response.setEncoding('utf8').on('data', (chunk: string) => {
        rest += chunk;
        for (let end = rest.indexOf('\n\n'); response.statusCode === 200 && end !== -1; end = rest.indexOf('\n\n')) {
          const data = rest.slice(rest.indexOf('data: ') + 6, end);
          rest = rest.slice(end + 2);
          const event = JSON.parse(data) as Event;
          if (event.type === 'error') return void reject(new Error(`error event: ${event.error?.message}`));
          whole ||= event.type === 'message_stop';
          take(one, answer, event);
        }
      });
      response.on('close', () => (whole ? resolve(answer) : reject(new Error(response.statusCode === 200 ? 'the answer broke off' : `status ${response.statusCode}: ${rest.slice(0, 500)}`))));
      response.on('error', reject);
    });
    request.on('error', reject);
    request.end(body);
  });
}

function take(one: Conversation, answer: Answer, event: Event): void {
  const block = event.content_block;
  if (event.type === 'content_block_start' && block?.type === 'tool_use') answer.call = { id: block.id, name: block.name, input: '' };
  answer.text += event.delta?.text ?? '';
  if (answer.call !== null) answer.call.input += event.delta?.partial_json ?? '';
  if (event.type === 'content_block_stop' && answer.call !== null) one.released?.(answer.call.id, answer.call.name);
}
