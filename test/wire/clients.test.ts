/**
 * The law behind the refusals: whatever the upstream sends, no client runs a call that was not judged. Clients of several
 * kinds, as real ones join events, read what the reader passed of random streams.
 */

import { expect, test } from 'vitest';
import { readStream } from '../../host/wire/anthropic-response.ts';
import { blockStart, broken, delta, drain, end, json, outcome, ping, random, start, stop, stream, uses, utf8 } from './stream.ts';
import type { Event } from './stream.ts';

interface Block {
  readonly type: string;
  readonly id?: string;
  readonly name?: string;
  readonly input?: unknown;
  json: string;
}

interface Sent {
  readonly type: string;
  readonly index: number;
  readonly content_block: Omit<Block, 'json'>;
  readonly delta: { readonly type?: string; readonly partial_json?: string };
  readonly message: { readonly content: readonly Omit<Block, 'json'>[] };
}

type Run = (block: Block | undefined) => void;
type Client = (events: readonly Sent[], run: Run) => void;

const opened = (block: Omit<Block, 'json'>): Block => ({ ...block, json: '' });

/** Blocks by index; runs at the block's stop. `keep`: does not forget them at a new message. */
const byIndex = (keep: boolean): Client => (events, run) => {
  let blocks: { [index: number]: Block } = {};
  for (const e of events) {
    if (e.type === 'message_start' && !keep) blocks = {};
    else if (e.type === 'content_block_start') blocks[e.index] = opened(e.content_block);
    else if (e.type === 'content_block_delta') join(blocks[e.index], e);
    else if (e.type === 'content_block_stop') run(blocks[e.index]);
  }
};

/** Blocks in a list, deltas by position; runs the last at a stop, and all of them at the end. */
const byPosition = (keep: boolean): Client => (events, run) => {
  let blocks: Block[] = [];
  for (const e of events) {
    if (e.type === 'message_start') blocks = [...(keep ? blocks : []), ...e.message.content.map(opened)];
    else if (e.type === 'content_block_start') blocks.push(opened(e.content_block));
    else if (e.type === 'content_block_delta') join(blocks.at(e.index), e);
    else if (e.type === 'content_block_stop') run(blocks.at(-1));
    else if (e.type === 'message_stop') blocks.forEach(run);
  }
  blocks.forEach(run);
};

/** One block in progress, whatever the index. */
const byTurn: Client = (events, run) => {
  let block: Block | undefined;
  for (const e of events) {
    if (e.type === 'content_block_start') block = opened(e.content_block);
    else if (e.type === 'content_block_delta') join(block, e);
    else if (e.type === 'content_block_stop') run(block);
  }
};

/** Takes any piece of input, whatever the delta calls itself. */
function join(block: Block | undefined, e: Sent): void {
  if (block !== undefined && typeof e.delta.partial_json === 'string') block.json += e.delta.partial_json;
}

const CLIENTS: { readonly [name: string]: Client } = {
  'by index': byIndex(false),
  'by index, messages joined': byIndex(true),
  'by position': byPosition(false),
  'by position, messages joined': byPosition(true),
  'by turn': byTurn,
};

const key = (id: unknown, name: unknown, input: unknown): string => JSON.stringify([id, name, input]);

/** Calls that a client runs of what was passed; an input that is not JSON is not run. `early`: the start block's input wins. */
function run(client: Client, passed: string, early: boolean): string[] {
  const sent = passed.split('\n\n').filter((f) => f !== '').map((f) => JSON.parse(f.slice(f.indexOf('data: ') + 6)) as Sent);
  const ran: string[] = [];
  client(sent, (block) => {
    if (block?.type !== 'tool_use' || block.name?.startsWith('occasio_denied')) return;
    try {
      const given = block.input ?? {};
      const whole = block.json === '' || (early && Object.keys(given).length > 0);
      ran.push(key(block.id, block.name, whole ? given : JSON.parse(block.json)));
    } catch (error) {
      // A client answers such a call with an error.
      if (!(error instanceof SyntaxError)) throw error;
    }
  });
  return ran;
}

function sample(next: () => number): Event[] {
  const pick = <T>(of: readonly T[]): T => of[Math.floor(next() * of.length)] as T;
  const wild = next() < 0.5;
  const events: Event[] = [start(wild && next() < 0.05 ? { content: [{ type: 'tool_use', id: 'm', name: 'Evil', input: {} }] } : {})];
  let index = 0;
  let serial = 0;
  const at = (): number => (wild && next() < 0.15 ? pick([0, 1, 2]) : index);
  for (let n = 2 + Math.floor(next() * 5); n > 0; n--) {
    const call = next() < 0.6;
    const given = next() < 0.15 ? { g: serial } : {};
    const block = call ? { type: 'tool_use', id: pick(['a', 'b', 'c', 'd', 'e', 'f'].slice(0, wild ? 2 : 6)) + (wild ? '' : serial), name: pick(['Read', 'Bash', 'Note']), input: given } : { type: pick(['text', 'thinking', 'hologram', 'server_tool_use']), name: 'x' };
    events.push(blockStart(at(), block));
    if (call) for (const piece of pick([['{}'], [`{"n":`, `${serial}}`], [], ['{"bad":'], [' ']])) events.push(json(at(), piece));
    else if (next() < 0.3) events.push(next() < 0.2 ? json(at(), '{"evil":1}') : delta(at(), { type: 'text_delta', text: 'x' }));
    events.push(stop(at()));
    index++;
    serial++;
    if (wild && next() < 0.2) {
      const between = pick([[ping], [start()], [...end(), start()], end(), [stop(0)], [json(0, '{}')], [{ type: 'weather', index: 0 }]]);
      events.push(...between);
      if (between.at(-1)?.type === 'message_start') index = 0;
    }
    if (wild && next() < 0.1) index = pick([0, 1]);
  }
  events.push(...end());
  // Neighbours change places: blocks that overlap.
  for (let i = 1; i + 1 < events.length; i++) if (next() < (wild ? 0.15 : 0.05)) [events[i], events[i + 1]] = [events[i + 1] as Event, events[i] as Event];
  return events;
}

test('no client runs a call that was not judged', () => {
  const seed = 424242;
  const next = random(seed);
  let judgedCalls = 0;
  let refused = 0;
  for (let round = 0; round < 6000; round++) {
    const events = sample(next);
    const read = drain(readStream(), utf8(stream(events)), 97);
    const judged = new Set(uses(read).filter((use) => use.fault === null).map((use) => key(use.id, use.name, use.input)));
    const passed = outcome(read, (use) => (use.fault === null ? undefined : { name: 'occasio_denied__fault', input: {} }));
    judgedCalls += judged.size;
    if (broken(read) !== null) refused++;
    for (const [name, client] of Object.entries(CLIENTS)) {
      const strange = [...run(client, passed, false), ...run(client, passed, true)].filter((call) => !judged.has(call));
      expect(strange, `seed ${seed}, round ${round}, client ${name}: ${JSON.stringify(events)}`).toEqual([]);
    }
  }
  // The test has met what it is about.
  expect(judgedCalls).toBeGreaterThan(2000);
  expect(refused).toBeGreaterThan(1000);
}, 60_000);
