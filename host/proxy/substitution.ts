/**
 * Refusing and answering by substitution: the model's tool_use goes to the agent under a name it does not know, and in every
 * later request name, input and result are put back. What comes back from the agent is attacker-controlled: it is believed
 * only with our mac, or when the store knows the id.
 */
import { hex } from '../../verifiers/formats/hex.ts';
import type { Turn } from '../gate/turn.ts';
import { refusalText } from '../gate/content.ts';
import type { StoredResult } from '../ledger/index.ts';
import type { Input, Substitute, ToolUse } from '../wire/events.ts';
import { deniedName, localName, macText, parseSubstitute } from '../wire/substitute.ts';

/** What stood in the model's history, and what it reads as the result. */
export interface Original {
  readonly tool: string;
  readonly input: Input;
  readonly text: string;
  readonly isError: boolean;
  readonly redacted: number;
  /** The call was answered here, not refused. */
  readonly isLocal: boolean;
}

const LOST = 'The result of this call was lost on the user\'s machine. Call the tool again if it is still needed.';

/** A refused call: kept, so that an agent that drops the input can still be understood. */
export async function denied(turn: Turn, use: ToolUse, tool: string, reason: string): Promise<Substitute> {
  const result: StoredResult = { ...stored(use, reason), content: refusalText(reason, tool), is_error: true, local: false, secrets_redacted: 0 };
  await turn.setting.home.results.put(use.id, result);
  return sealed(turn, use, deniedName(reason), reason);
}

/** A call answered here: its result is kept until the agent's next request. */
export async function answered(turn: Turn, use: ToolUse, reason: string, result: Pick<StoredResult, 'content' | 'is_error' | 'secrets_redacted'>): Promise<Substitute> {
  await turn.setting.home.results.put(use.id, { ...stored(use, reason), ...result, local: true });
  return sealed(turn, use, localName(use.name), reason);
}

/** What a tool_use of the history stood for; null when it is no substitute of ours. */
export async function originalOf(turn: Turn, id: string, name: string, input: Input): Promise<Original | null> {
  const parsed = parseSubstitute(name, input);
  if (parsed === null) return null;
  const kept = await turn.setting.home.results.get(id);
  if (kept !== null) return { tool: kept.tool, input: kept.input as Input, text: kept.content, isError: kept.is_error, redacted: kept.secrets_redacted, isLocal: kept.local };
  if (parsed.sealed === null) return null;
  const { tool, input: original, reason, mac } = parsed.sealed;
  if (!sameText(mac, macOf(turn, id, name, tool, original, reason))) return null;
  const text = parsed.kind === 'local' ? LOST : refusalText(reason, tool);
  return { tool, input: original, text, isError: true, redacted: 0, isLocal: parsed.kind === 'local' };
}

function stored(use: ToolUse, reason: string): Pick<StoredResult, 'tool_use_id' | 'tool' | 'input' | 'reason'> {
  return { tool_use_id: use.id, tool: use.name, input: use.input ?? {}, reason };
}

function sealed(turn: Turn, use: ToolUse, name: string, reason: string): Substitute {
  const input = use.input ?? {};
  return { name, input: { tool: use.name, input, reason, mac: macOf(turn, use.id, name, use.name, input, reason) } };
}

function macOf(turn: Turn, id: string, name: string, tool: string, input: Input, reason: string): string {
  const text = new TextEncoder().encode(macText({ tool_use_id: id, name, tool, input, reason }));
  return hex(turn.setting.core.hmac(turn.setting.home.key, text));
}

/** Compares without telling by its time where two macs part. */
function sameText(a: string, b: string): boolean {
  if (a.length !== b.length || a.length === 0) return false;
  let difference = 0;
  for (let i = 0; i < a.length; i++) difference |= a.charCodeAt(i) ^ b.charCodeAt(i);
  return difference === 0;
}
