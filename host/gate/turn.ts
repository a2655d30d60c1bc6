/** What a turn is: one request of a session, with all that judging it needs. */
import type { Core } from '../../core-wasm/core.ts';
import type { Agent, Protocol } from '../../verifiers/formats/row.ts';
import type { Home } from '../ledger/index.ts';
import type { Ops } from '../ops.ts';
import type { Writing } from '../policy/index.ts';
import type { Decision, Door, Judged, Preset } from '../policy/types.ts';
import type { ShellLanguage, ShellReader } from '../shell/facts.ts';
import type { World } from './facts.ts';
import type { InForce, PolicySource } from './policy-source.ts';
import type { Session } from './session.ts';

export interface GateSetting {
  readonly ops: Ops;
  readonly core: Core;
  readonly home: Home;
  readonly source: PolicySource;
  readonly shell: (language: ShellLanguage) => Promise<ShellReader>;
  readonly version: string;
  readonly coreSha256: string;
  readonly preset: Preset;
  /** The session's directory: the child's, or what --cwd says; never text of a request. */
  readonly cwd: string;
  readonly port: number;
}

export interface Caller {
  readonly sessionId: string;
  readonly agentId: string | null;
  readonly agent: Agent;
  readonly protocol: Protocol;
  readonly door: Door;
  readonly requestId: string;
}

/** One request of a session, under the policy that was in force when it came. */
export interface Turn {
  readonly setting: GateSetting;
  readonly caller: Caller;
  readonly session: Session;
  readonly inForce: InForce;
  readonly world: World;
}

export interface Ruling {
  readonly judged: Judged;
  readonly decision: Decision;
  /** What the agent is to write in place of what the model wrote: holds secrets, is never stored. */
  readonly writing?: Writing;
}
