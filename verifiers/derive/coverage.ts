/**
 * Rows -> coverage, `spec/coverage.md`. An id is counted once, however often rows name it; agent and conversation are those of the
 * row that named it first. Rows may come in any order and are attacker-controlled; memory grows with the number of ids, up to a limit.
 */
import { MAX_AGENTS, MAX_NAMED, MAX_OPAQUE, type Counted, type Coverage, type Named } from '../formats/coverage.ts';
import { bug } from '../formats/error.ts';
import { hasForm, isObject } from '../formats/members.ts';
import type { Values } from '../formats/line.ts';

/** A row that a gap is told by, and its first byte. */
export interface Place {
  readonly row: number;
  readonly offset: number;
}

export interface CoverageReport {
  /** Null where there are more ids than are kept: then nothing is claimed. */
  readonly coverage: Coverage | null;
  /** Where the first undecided and the first unissued id were told. */
  readonly undecided: Place | null;
  readonly unissued: Place | null;
}

export interface CoverageReader {
  row(row: Values, place: Place): void;
  end(): CoverageReport;
}

/** Distinct ids, and UTF-16 units of all of them. */
export const MAX_IDS = 1_000_000;
const MAX_ID_UNITS = 64 << 20;
/** Pairs of agent and model. */
const MAX_CONVERSATIONS = 1_000;
/** Stands for all beyond a limit. */
const REST = '…';

const [ISSUED, WHOLE, DECIDED, ANSWERED, CARRIED] = [1, 2, 4, 8, 16];

interface Conversation {
  readonly agent: number;
  /** The newest request row that the upstream answered with a message. */
  last: number;
}

interface State {
  readonly ids: Map<string, number>;
  units: number;
  tooMany: boolean;
  /** By number of the id: what is known of it, whose it is, the row that issued it and its conversation, where it was first told. */
  readonly flags: number[];
  readonly agent: number[];
  readonly issuedAt: number[];
  readonly conversation: number[];
  readonly offsets: number[];
  readonly rows: number[];
  readonly agents: (string | null)[];
  readonly agentNumbers: Map<string | null, number>;
  readonly conversations: Conversation[];
  readonly conversationNumbers: Map<string, number>;
  readonly upstream: Map<string, number>;
  readonly unscanned: Map<string, number>;
  cut: number;
  opaque: number;
  readonly opaqueRows: number[];
}

export function readCoverage(): CoverageReader {
  const state: State = {
    ids: new Map(), units: 0, tooMany: false, flags: [], agent: [], issuedAt: [], conversation: [], offsets: [], rows: [],
    agents: [], agentNumbers: new Map(), conversations: [], conversationNumbers: new Map(), upstream: new Map(), unscanned: new Map(),
    cut: 0, opaque: 0, opaqueRows: [],
  };
  return {
    row(row, place) {
      if (row['kind'] === 'request') request(state, row, place);
      else if (row['kind'] === 'tool_call') call(state, row, place);
      else if (row['kind'] === 'tool_result') result(state, row, place);
    },
    end: () => report(state),
  };
}

function request(state: State, row: Values, place: Place): void {
  const whole = row['complete'] === true;
  const agent = agentOf(state, row);
  const number = conversationOf(state, agent, row['model']);
  // A request without an answer is none of the conversation's, nor is a count of tokens.
  if (row['event_type'] === 'cloud_sent' && typeof row['message_id'] === 'string') {
    (state.conversations[number] ?? bug('a conversation has no number')).last = place.row;
    if (row['complete'] === false) state.cut += 1;
  }
  for (const name of new Set(textsOf(row['executed_upstream']))) noteName(state.upstream, name);
  for (const name of new Set(textsOf(row['unscanned']))) noteName(state.unscanned, name);
  for (const id of textsOf(row['tool_use_ids'])) {
    const n = idOf(state, id, agent, place);
    if (n === null) return;
    if (((state.flags[n] ?? 0) & ISSUED) === 0) {
      state.issuedAt[n] = place.row;
      state.conversation[n] = number;
      state.agent[n] = agent;
    }
    state.flags[n] = (state.flags[n] ?? 0) | ISSUED | (whole ? WHOLE : 0);
  }
}

function call(state: State, row: Values, place: Place): void {
  const judged = row['judged'];
  if (isObject(judged) && isObject(judged['shell']) && typeof judged['shell']['opaque'] === 'string') {
    state.opaque += 1;
    if (state.opaqueRows.length < MAX_OPAQUE) state.opaqueRows.push(place.row);
  }
  if (row['direction'] === 'inbound') mark(state, row, place, DECIDED);
}

function result(state: State, row: Values, place: Place): void {
  mark(state, row, place, row['carried_in'] === true ? ANSWERED | CARRIED : ANSWERED);
}

function mark(state: State, row: Values, place: Place, flags: number): void {
  const id = row['tool_use_id'];
  if (typeof id !== 'string') return;
  const n = idOf(state, id, agentOf(state, row), place);
  if (n !== null) state.flags[n] = (state.flags[n] ?? 0) | flags;
}

function idOf(state: State, id: string, agent: number, place: Place): number | null {
  const known = state.ids.get(id);
  if (known !== undefined) return known;
  state.units += id.length;
  if (state.ids.size >= MAX_IDS || state.units > MAX_ID_UNITS) state.tooMany = true;
  if (state.tooMany) return null;
  const n = state.ids.size;
  state.ids.set(id, n);
  state.flags.push(0);
  state.agent.push(agent);
  state.issuedAt.push(0);
  state.conversation.push(0);
  state.rows.push(place.row);
  state.offsets.push(place.offset);
  return n;
}

function agentOf(state: State, row: Values): number {
  const id = typeof row['agent_id'] === 'string' ? row['agent_id'] : null;
  const key = state.agentNumbers.has(id) || state.agents.length < MAX_AGENTS - 1 ? id : REST;
  const known = state.agentNumbers.get(key);
  if (known !== undefined) return known;
  state.agentNumbers.set(key, state.agents.length);
  return state.agents.push(key) - 1;
}

function conversationOf(state: State, agent: number, model: unknown): number {
  const named = `${agent} ${typeof model === 'string' ? model : ''}`;
  const key = state.conversationNumbers.has(named) || state.conversations.length < MAX_CONVERSATIONS ? named : REST;
  const known = state.conversationNumbers.get(key);
  if (known !== undefined) return known;
  state.conversationNumbers.set(key, state.conversations.length);
  return state.conversations.push({ agent, last: -1 }) - 1;
}

function noteName(names: Map<string, number>, name: string): void {
  const key = names.has(name) || names.size < MAX_NAMED - 1 ? name : REST;
  names.set(key, (names.get(key) ?? 0) + 1);
}

function textsOf(value: unknown): readonly string[] {
  return hasForm(value, 'texts') ? (value as readonly string[]) : [];
}

type Sum = { -readonly [name in keyof Counted]: number };

function nothing(): Sum {
  return { issued: 0, decided: 0, answered: 0, superseded: 0, interrupted: 0, open: 0, carried_in: 0 };
}

function report(state: State): CoverageReport {
  if (state.tooMany) return { coverage: null, undecided: null, unissued: null };
  const all = nothing();
  const each = state.agents.map(nothing);
  let [undecided, unissued] = [0, 0];
  let [firstUndecided, firstUnissued]: [Place | null, Place | null] = [null, null];
  for (let n = 0; n < state.flags.length; n++) {
    const flags = state.flags[n] ?? 0;
    const place = { row: state.rows[n] ?? 0, offset: state.offsets[n] ?? 0 };
    for (const sum of [all, each[state.agent[n] ?? 0] ?? bug('an id has no agent')]) {
      for (const word of wordsOf(state, n, flags)) sum[word] += 1;
    }
    if ((flags & ISSUED) !== 0 && (flags & DECIDED) === 0 && (flags & (WHOLE | ANSWERED)) !== 0) {
      undecided += 1;
      firstUndecided ??= place;
    }
    if ((flags & ANSWERED) !== 0 && (flags & (ISSUED | CARRIED)) === 0) {
      unissued += 1;
      firstUnissued ??= place;
    }
  }
  const agents = state.agents.map((agent_id, i) => ({ agent_id, ...(each[i] ?? nothing()) })).sort((a, b) => order(a.agent_id, b.agent_id));
  return {
    coverage: {
      ...all, undecided, unissued, cut_answers: state.cut, agents, executed_upstream: named(state.upstream), unscanned: named(state.unscanned),
      opaque: { calls: state.opaque, rows: state.opaqueRows },
    },
    undecided: firstUndecided,
    unissued: firstUnissued,
  };
}

/** The counts that an id is in. */
function wordsOf(state: State, n: number, flags: number): (keyof Counted)[] {
  const words: (keyof Counted)[] = [];
  if ((flags & DECIDED) !== 0) words.push('decided');
  if ((flags & ISSUED) === 0) return (flags & CARRIED) === 0 ? words : [...words, 'carried_in'];
  words.push('issued');
  if ((flags & ANSWERED) !== 0) words.push('answered');
  else if ((flags & WHOLE) === 0) words.push('interrupted');
  else words.push((state.conversations[state.conversation[n] ?? 0]?.last ?? -1) > (state.issuedAt[n] ?? 0) ? 'superseded' : 'open');
  return words;
}

function named(names: ReadonlyMap<string, number>): readonly Named[] {
  return [...names].map(([name, requests]) => ({ name, requests })).sort((a, b) => order(a.name, b.name));
}

/** By UTF-16 code units; the main agent, which has no id, first. */
function order(a: string | null, b: string | null): number {
  if (a === b) return 0;
  return a === null || (b !== null && a < b) ? -1 : 1;
}
