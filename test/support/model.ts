/**
 * A model for many conversations at once: it holds nothing of what it is sent, and answers by two headers of the request,
 * `x-conversation` and `x-turn` (`<turn>/<turns>`). Every turn but the last issues one call, whose id is `toolu_<conversation>_<turn>`.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Model {
  readonly url: string;
  /** Calls that were sent down, whole. */
  readonly issued: Set<string>;
  close(): Promise<void>;
}

/** What agents do all day; all of it passes under the built-in policy. */
const CALLS: readonly (readonly [name: string, input: Readonly<Record<string, unknown>>])[] = [
  ['Read', { file_path: 'src/index.ts' }],
  ['Bash', { command: 'npm test 2>&1 | tail -20', description: 'Run the tests' }],
  ['Grep', { pattern: 'export function', path: 'src', output_mode: 'content' }],
  ['Bash', { command: 'git status --short && ls -la src', description: 'Look around' }],
  ['Edit', { file_path: 'src/index.ts', old_string: 'const a = 1;', new_string: 'const a = 2;' }],
];

const WORDS = 'The tests that fail all read the same file, so the next step is to look at how it is opened and who closes it. '.repeat(3);

export async function createModel(options: { readonly remember?: boolean } = {}): Promise<Model> {
  const issued = new Set<string>();
  const server = createServer((request, response) => {
    request.on('end', () => respond(request, response, options.remember === true ? issued : null));
    request.resume();
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    issued,
    close: () => new Promise((resolve) => (server.close(() => resolve()), server.closeAllConnections())),
  };
}

function respond(request: IncomingMessage, response: ServerResponse, issued: Set<string> | null): void {
  const conversation = String(request.headers['x-conversation']);
  const [turn = 0, turns = 1] = String(request.headers['x-turn']).split('/').map(Number);
  const pieces = answer(conversation, turn, turn < turns ? CALLS[turn % CALLS.length] : undefined);
  if (turn < turns) issued?.add(`toolu_${conversation}_${turn}`);
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'request-id': `req_${conversation}_${turn}` });
  const next = (at: number): void => {
    if (at === pieces.length) response.end();
    else if (!response.destroyed) response.write(pieces[at] as string, () => setImmediate(next, at + 1));
  };
  next(0);
}

/** The events in the pieces in which they are written. */
function answer(conversation: string, turn: number, call: (typeof CALLS)[number] | undefined): string[] {
  const event = (type: string, rest: object): string => `event: ${type}\ndata: ${JSON.stringify({ type, ...rest })}\n\n`;
  const delta = (index: number, rest: object): string => event('content_block_delta', { index, delta: rest });
  const usage = { input_tokens: 100, cache_creation_input_tokens: 0, cache_read_input_tokens: 12_000, output_tokens: 2, service_tier: 'standard' };
  const message = { id: `msg_${conversation}_${turn}`, type: 'message', role: 'assistant', model: 'claude-opus-5-5', content: [], stop_reason: null, stop_sequence: null, usage };
  const words = (WORDS.match(/.{1,24}/g) ?? []).map((text) => delta(0, { type: 'text_delta', text }));
  const half = words.length >> 1;
  const out = [
    event('message_start', { message }) + event('content_block_start', { index: 0, content_block: { type: 'text', text: '' } }) + event('ping', {}),
    words.slice(0, half).join(''),
    words.slice(half).join('') + event('content_block_stop', { index: 0 }),
  ];
  if (call !== undefined) {
    const [name, input] = call;
    const json = (JSON.stringify(input).match(/.{1,16}/gs) ?? []).map((partial_json) => delta(1, { type: 'input_json_delta', partial_json }));
    out.push(event('content_block_start', { index: 1, content_block: { type: 'tool_use', id: `toolu_${conversation}_${turn}`, name, input: {} } }) + json.join(''), event('content_block_stop', { index: 1 }));
  }
  const end = { delta: { stop_reason: call === undefined ? 'end_turn' : 'tool_use', stop_sequence: null }, usage: { output_tokens: 80 } };
  out.push(event('message_delta', end) + event('message_stop', {}));
  return out;
}
