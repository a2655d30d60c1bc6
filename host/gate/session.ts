/**
 * What is remembered of a session while its run is open. All of it can be lost: a fresh process decides the same, from
 * policy, request and disk.
 */
import type { Run } from '../ledger/index.ts';
import type { Policy } from '../policy/index.ts';
import type { Decision, Judged } from '../policy/types.ts';
import { familiarTexts, type Familiar, type FamiliarTexts } from './familiar.ts';
import { ownText } from './own-text.ts';

export interface Session {
  readonly id: string;
  run: Run;
  /** Hash of the policy that the run's newest policy_loaded row names. */
  policyHash: string;
  /** Absolute folders that earlier `cd`s of the session named, newest last. */
  readonly directories: Set<string>;
  /** Decisions of this run by tool_use id and digest of what was judged. */
  readonly decided: Bounded<Decided>;
  /** What an agent's newest request brought in which nothing was found under this policy. `side`: one that offers no tools, of another conversation. */
  familiar(agentId: string | null, side: boolean, policy: Policy): Familiar;
  /** tool_use ids issued in this run, so that history can be told from what was carried in. Another run begins with none. */
  issued: Bounded<true>;
  /** tool_use ids whose tool_result row is written. */
  readonly answered: Bounded<true>;
  /** Reasons of results that a limit refused: they stay refused in every later request. */
  readonly refused: Bounded<string>;
  /** By file that holds secrets: the id of the newest call that writes to it. */
  readonly writing: Map<string, string>;
  /** Digests of content whose change or refusal has its row. */
  readonly noted: Bounded<true>;
  /** What was left of results in which lines of denied files stood, by id, policy and content; null where none did. */
  readonly withheld: Bounded<readonly string[] | null>;
  /** Counters since the last user turn, by agent. */
  readonly rounds: Map<string, Counters>;
  /** Monotonic milliseconds of the newest sight. */
  seen: number;
  /** Requests under way. */
  busy: number;
}

export interface Decided {
  readonly judged: Judged;
  readonly decision: Decision;
}

export interface Counters {
  tool_calls: number;
  bash_calls: number;
  bytes_to_model: number;
}

const MAX_DIRECTORIES = 128;
const MAX_ABSENT = 16;
const MAX_REMEMBERED = 100_000;
const MAX_WITHHELD = 1_000;
/** Of all sessions together: each holds what was judged. */
const MAX_DECIDED = 20_000;
/** Agents of one session whose rounds are counted; their names are attacker-controlled. */
const MAX_AGENTS = 1_000;

/** What the sessions of one proxy share, so that all of it is bounded together. */
export interface Shared {
  readonly decided: Bounded<Decided>;
  readonly familiar: FamiliarTexts;
}

export function sharedMemory(): Shared {
  return { decided: bounded(MAX_DECIDED), familiar: familiarTexts() };
}

export function newSession(id: string, run: Run, policyHash: string, now: number, shared: Shared): Session {
  return {
    id,
    run,
    policyHash,
    directories: new Set(),
    decided: partOf(shared.decided, run.id),
    familiar: (agentId, side, policy) => shared.familiar.open(JSON.stringify([run.id, agentId, side]), policy),
    issued: nothingIssued(),
    answered: bounded(MAX_REMEMBERED),
    refused: bounded(MAX_REMEMBERED),
    writing: new Map(),
    noted: bounded(MAX_REMEMBERED),
    withheld: bounded(MAX_WITHHELD),
    rounds: new Map(),
    seen: now,
    busy: 0,
  };
}

/** The part of a shared map that belongs to `owner`. What is asked for stays; what is longest unasked goes. */
function partOf<V>(shared: Bounded<V>, owner: string): Bounded<V> {
  const own = (key: string): string => `${owner} ${key}`;
  return {
    get(key) {
      const value = shared.get(own(key));
      if (value !== undefined) shared.set(own(key), value);
      return value;
    },
    has: (key) => shared.has(own(key)),
    set: (key, value) => shared.set(own(key), value),
  };
}

export function nothingIssued(): Session['issued'] {
  return bounded(MAX_REMEMBERED);
}

/**
 * Notes folders that a `cd` named. One that is on disk is never forgotten; false: too many are. Of those that are not, the newest
 * stay: no shell stands in one, unless the call that makes it has yet to run.
 */
export async function addDirectories(session: Session, folders: readonly string[], isThere: (folder: string) => Promise<boolean>): Promise<boolean> {
  for (const folder of folders) session.directories.add(folder);
  if (session.directories.size > MAX_ABSENT) await dropAbsent(session, isThere, MAX_ABSENT);
  return session.directories.size <= MAX_DIRECTORIES;
}

/** Forgets named folders that are not on disk, but for the newest `kept`: once a request comes, the calls before it have run. */
export async function dropAbsent(session: Session, isThere: (folder: string) => Promise<boolean>, kept = 0): Promise<void> {
  const absent: string[] = [];
  for (const folder of session.directories) if (!(await isThere(folder))) absent.push(folder);
  for (const folder of absent.slice(0, Math.max(0, absent.length - kept))) session.directories.delete(folder);
}

export function countersOf(session: Session, agentId: string | null): Counters {
  const key = agentId ?? '';
  let counters = session.rounds.get(key);
  if (counters === undefined) {
    counters = { tool_calls: 0, bash_calls: 0, bytes_to_model: 0 };
    session.rounds.set(key, counters);
    if (session.rounds.size > MAX_AGENTS) session.rounds.delete(session.rounds.keys().next().value as string);
  }
  return counters;
}

/** A map that forgets its oldest entries beyond a number. */
export interface Bounded<V> {
  get(key: string): V | undefined;
  has(key: string): boolean;
  set(key: string, value: V): void;
}

export function bounded<V>(max: number): Bounded<V> {
  const map = new Map<string, V>();
  return {
    get: (key) => map.get(key),
    has: (key) => map.has(key),
    set(key, value) {
      map.delete(key);
      map.set(ownText(key), value);
      if (map.size > max) map.delete(map.keys().next().value as string);
    },
  };
}
