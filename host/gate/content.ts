/**
 * Judging what goes up to the model: results of tools, and texts that nobody asked for. Content is scanned here; only the
 * labels of what it met are judged and recorded. The same text under the same policy comes out the same, always, so that
 * the prefix of a conversation stays what it was.
 */
import { reasonSentence, redact, scanContent } from '../policy/index.ts';
import type { Judged, ToolClass } from '../policy/types.ts';
import { append } from './append.ts';
import { decided } from './ruling.ts';
import type { Ruling, Turn } from './turn.ts';
import { hex } from '../../verifiers/formats/hex.ts';
import { callRow } from './rows.ts';
import { countersOf } from './session.ts';

/** Where a content comes from: the call that asked for it, or the context it stood in. */
export interface Origin {
  readonly id: string | null;
  readonly tool: string;
  readonly class: ToolClass;
}

export interface Judgement {
  /** Stands in place of all of it; null when it is not refused. */
  readonly refusal: string | null;
  /** The texts as they may go up, in order. The very same strings where nothing was changed. */
  readonly texts: readonly string[];
  /** Secrets replaced. */
  readonly redacted: number;
  /** Neither a secret nor a pattern is in the texts. */
  readonly clean: boolean;
}

export const CONTEXT: Origin = { id: null, tool: 'context', class: 'context' };

/** Judges one content. A change or a refusal has its row when this returns, once for the same content in a run. What is known to be clean is not scanned. */
export function judgeContent(turn: Turn, origin: Origin, texts: readonly string[], bytes: number, known: { readonly clean: boolean } = { clean: false }): Judgement {
  const before = origin.id === null ? undefined : turn.session.refused.get(origin.id);
  if (before !== undefined) return { refusal: refusalText(before, origin.tool), texts, redacted: 0, clean: false };
  const policy = turn.inForce.policy;
  const core = turn.setting.core;
  const found = known.clean ? [] : texts.map((text) => scanContent(core, policy, text));
  const secrets = unique(found.flatMap((f) => f.secrets.map((s) => s.label)));
  const patterns = unique(found.flatMap((f) => f.patterns));
  const counters = countResult(turn, origin, bytes);
  const clean = secrets.length === 0 && patterns.length === 0;
  if (clean && counters === null) return { refusal: null, texts, redacted: 0, clean };
  const ruling = decided(turn, contentJudged(turn, origin, { secrets, patterns, counters }));
  if (ruling.decision.action === 'BLOCK') {
    note(turn, origin, ruling, texts, 0);
    if (origin.id !== null && counters !== null) turn.session.refused.set(origin.id, ruling.decision.reason);
    return { refusal: refusalText(ruling.decision.reason, origin.tool), texts, redacted: 0, clean };
  }
  if (ruling.decision.action !== 'TRANSFORM') return { refusal: null, texts, redacted: 0, clean };
  const redactions = texts.map((text) => redact(core, turn.setting.home.key, policy, text));
  const redacted = redactions.reduce((sum, c) => sum + c.count, 0);
  if (redacted > 0) note(turn, origin, ruling, texts, redacted);
  return { refusal: null, texts: redactions.map((r) => r.text), redacted, clean };
}

/** A context or a carried-in result that a path or command rule refuses: its row, once, and the text to stand in its place. */
export function refuseContent(turn: Turn, origin: Origin, ruling: Ruling, texts: readonly string[]): string {
  note(turn, origin, ruling, texts, 0);
  return refusalText(ruling.decision.reason, origin.tool);
}

/** Lines withheld from a result, as a ruling of its own. */
export function noteWithheld(turn: Turn, origin: Origin, ruling: Ruling, texts: readonly string[]): void {
  note(turn, origin, ruling, texts, 0);
}

/** Reasons whose sentence says how the same can be done. */
const ANOTHER_WAY: ReadonlySet<string> = new Set(['secret-cut', 'edit-pending']);

/** What model and person read: deterministic in reason and tool. */
export function refusalText(reason: string, tool: string): string {
  if (ANOTHER_WAY.has(reason)) return `Denied by policy (${reason}): ${reasonSentence(reason)} The call was ${tool}.`;
  return `Denied by policy (${reason}): ${reasonSentence(reason)} The call was ${tool}. Do not look for another way to the same thing; go on without it or ask the user.`;
}

/** Bytes of a result count once in its round; null when the policy limits nothing or the result was counted before. */
function countResult(turn: Turn, origin: Origin, bytes: number): Judged['counters'] | null {
  if (origin.id === null || turn.session.answered.has(origin.id)) return null;
  const counters = countersOf(turn.session, turn.caller.agentId);
  counters.bytes_to_model += bytes;
  return turn.inForce.policy.document.limits.max_bytes_to_model_per_round === null ? null : { ...counters };
}

interface Met {
  readonly secrets: readonly string[];
  readonly patterns: readonly string[];
  readonly counters: Judged['counters'] | null;
}

/** What a content is judged by: what it met, never the text. */
export function contentJudged(turn: Turn, origin: Origin, met: Met): Judged {
  const host = turn.setting.ops.host;
  return {
    direction: 'outbound',
    door: turn.caller.door,
    tool: origin.tool,
    class: origin.class,
    flavour: host.flavour,
    home: host.home,
    cwd: turn.setting.cwd,
    self: turn.world.self,
    ...(met.secrets.length === 0 ? {} : { secrets: met.secrets }),
    ...(met.patterns.length === 0 ? {} : { patterns: met.patterns }),
    ...(met.counters == null ? {} : { counters: met.counters }),
  };
}

function note(turn: Turn, origin: Origin, ruling: Ruling, texts: readonly string[], redacted: number): void {
  const key = `${origin.id ?? origin.tool} ${ruling.decision.action} ${digestOf(turn, texts)}`;
  if (turn.session.noted.has(key)) return;
  turn.session.noted.set(key, true);
  append(turn, callRow(turn, { id: origin.id, tool: origin.tool, inputs: {} }, ruling, 'outbound', { secrets_redacted: redacted }));
}

export function digestOf(turn: Turn, texts: readonly string[]): string {
  const encoder = new TextEncoder();
  return hex(turn.setting.core.sha256(...texts.flatMap((text) => [encoder.encode(text), Uint8Array.of(0)])));
}

function unique(labels: readonly string[]): string[] {
  return [...new Set(labels)].sort();
}
