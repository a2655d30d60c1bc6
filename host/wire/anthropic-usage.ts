/**
 * What an answer says it used. Figures of one message are cumulative, a later one replaces the one before; messages of one
 * answer add up. A figure that is no count is left out. All of it is attacker-controlled.
 *
 *     {"input_tokens":3,"output_tokens":20,"cache_read_input_tokens":5,"cache_creation_input_tokens":7,
 *      "cache_creation":{"ephemeral_5m_input_tokens":0,"ephemeral_1h_input_tokens":7},
 *      "server_tool_use":{"web_search_requests":1},"speed":"standard","inference_geo":"global"}
 */

import type { Metering, Usage } from './events.ts';
import { memberOf, textOf, valueOf } from './json.ts';
import type { JsonNode } from './json.ts';

/** Longest word of a usage that is kept. */
const MAX_WORD = 64;

type Figures = Usage & Pick<Metering, 'cache_write_1h_tokens' | 'web_searches'>;
type Told = Metering['told'];

export interface UsageLog {
  /** Of the messages before this one, and of this one. */
  earlier: Figures;
  current: Figures;
  earlierTold: Told;
  begun: boolean;
  input: boolean;
  output: boolean;
  speed: string | null;
  geo: string | null;
}

const NONE: Figures = { input_tokens: 0, output_tokens: 0, cache_read_tokens: 0, cache_write_tokens: 0, cache_write_1h_tokens: 0, web_searches: 0 };

export function openUsage(): UsageLog {
  return { earlier: NONE, current: NONE, earlierTold: 'all', begun: false, input: false, output: false, speed: null, geo: null };
}

/** A message begins. */
export function nextMessage(log: UsageLog): void {
  if (log.begun) log.earlierTold = least(log.earlierTold, toldOf(log));
  log.begun = true;
  log.earlier = add(log.earlier, log.current);
  log.current = NONE;
  log.input = false;
  log.output = false;
}

/** `last`: the figures are those of the message's end. */
export function noteUsage(log: UsageLog, text: string, usage: JsonNode | undefined, last: boolean): void {
  const figure = (node: JsonNode | undefined): number | null => {
    const value = node?.kind === 'number' ? Number(valueOf(text, node)) : -1;
    return Number.isSafeInteger(value) && value >= 0 ? value : null;
  };
  const count = (name: string): number | null => figure(memberOf(usage, name));
  const input = count('input_tokens');
  const output = count('output_tokens');
  log.input ||= input !== null;
  log.output ||= last && output !== null;
  const before = log.current;
  log.current = {
    input_tokens: input ?? before.input_tokens,
    output_tokens: output ?? before.output_tokens,
    cache_read_tokens: count('cache_read_input_tokens') ?? before.cache_read_tokens,
    cache_write_tokens: count('cache_creation_input_tokens') ?? before.cache_write_tokens,
    cache_write_1h_tokens: figure(memberOf(memberOf(usage, 'cache_creation'), 'ephemeral_1h_input_tokens')) ?? before.cache_write_1h_tokens,
    web_searches: figure(memberOf(memberOf(usage, 'server_tool_use'), 'web_search_requests')) ?? before.web_searches,
  };
  log.speed = textOf(text, memberOf(usage, 'speed'))?.slice(0, MAX_WORD) ?? log.speed;
  log.geo = textOf(text, memberOf(usage, 'inference_geo'))?.slice(0, MAX_WORD) ?? log.geo;
}

export function usageOf(log: UsageLog): { readonly usage: Usage; readonly metering: Metering } {
  const { cache_write_1h_tokens, web_searches, ...usage } = add(log.earlier, log.current);
  return { usage, metering: { cache_write_1h_tokens, web_searches, speed: log.speed, inference_geo: log.geo, told: least(log.earlierTold, toldOf(log)) } };
}

function toldOf(log: UsageLog): Told {
  return !log.input ? 'nothing' : log.output ? 'all' : 'input';
}

function least(a: Told, b: Told): Told {
  return a === 'nothing' || b === 'nothing' ? 'nothing' : a === 'input' ? a : b;
}

function add(a: Figures, b: Figures): Figures {
  const sum = (name: keyof Figures): number => Math.min(a[name] + b[name], Number.MAX_SAFE_INTEGER);
  return {
    input_tokens: sum('input_tokens'),
    output_tokens: sum('output_tokens'),
    cache_read_tokens: sum('cache_read_tokens'),
    cache_write_tokens: sum('cache_write_tokens'),
    cache_write_1h_tokens: sum('cache_write_1h_tokens'),
    web_searches: sum('web_searches'),
  };
}
