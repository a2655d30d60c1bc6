/** A Messages answer, as events of a stream or as one JSON document: what a model API sends. */

export type Block =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'tool_use'; readonly id: string; readonly name: string; readonly input: { readonly [name: string]: string } };

/** Text deltas and input fragments are cut at this many characters, so that nothing arrives in one piece. */
const PIECE = 12;

function pieces(text: string): string[] {
  const parts: string[] = [];
  for (let at = 0; at < text.length; at += PIECE) parts.push(text.slice(at, at + PIECE));
  return parts;
}

function envelope(number: number, content: readonly Block[], stopReason: string | null): { readonly [name: string]: unknown } {
  return {
    id: `msg_demo_${number}`,
    type: 'message',
    role: 'assistant',
    model: 'demo-model',
    content,
    stop_reason: stopReason,
    stop_sequence: null,
    usage: { input_tokens: 100, output_tokens: 20, cache_read_input_tokens: 0, cache_creation_input_tokens: 0 },
  };
}

function stopReason(blocks: readonly Block[]): string {
  return blocks.some((b) => b.type === 'tool_use') ? 'tool_use' : 'end_turn';
}

export function answerJson(blocks: readonly Block[], number: number): Response {
  return Response.json(envelope(number, blocks, stopReason(blocks)));
}

export function answerStream(blocks: readonly Block[], number: number): Response {
  const events: { readonly type: string; readonly [name: string]: unknown }[] = [{ type: 'message_start', message: envelope(number, [], null) }];
  blocks.forEach((block, index) => {
    const empty = block.type === 'text' ? { ...block, text: '' } : { ...block, input: {} };
    events.push({ type: 'content_block_start', index, content_block: empty });
    for (const part of pieces(block.type === 'text' ? block.text : JSON.stringify(block.input))) {
      events.push({ type: 'content_block_delta', index, delta: block.type === 'text' ? { type: 'text_delta', text: part } : { type: 'input_json_delta', partial_json: part } });
    }
    events.push({ type: 'content_block_stop', index });
  });
  events.push({ type: 'message_delta', delta: { stop_reason: stopReason(blocks), stop_sequence: null }, usage: { output_tokens: 20 } }, { type: 'message_stop' });
  const text = events.map((e) => `event: ${e.type}\ndata: ${JSON.stringify(e)}\n\n`).join('');
  return new Response(text, { headers: { 'content-type': 'text/event-stream', 'request-id': `req_demo_${number}` } });
}
