/**
 * Upwards: every text of a request is judged before it goes to the model, in the order of the body. What stands in history
 * under a name of ours is put back first. Nothing here depends on a clock or on what was seen before, but for what a limit
 * of the round refused; texts that the request before brought, and in which nothing was found, are not looked through again.
 */
import { CONTEXT, digestOf, judgeContent, noteWithheld, refuseContent, type Origin } from '../gate/content.ts';
import { judgeHistory, noteResult } from '../gate/gate.ts';
import type { Familiar } from '../gate/familiar.ts';
import type { Ruling, Turn } from '../gate/turn.ts';
import { withholdLines } from '../gate/listing.ts';
import type { Attachment, Edit, Input, RequestItem, RequestView, TextPart } from '../wire/events.ts';
import { injectionReader, mayInject, type InjectionReader } from '../wire/injected.ts';
import { contextCall, historyCall } from './call.ts';
import { originalOf, type Original } from './substitution.ts';

type ToolUseItem = Extract<RequestItem, { kind: 'tool_use' }>;
type ToolResultItem = Extract<RequestItem, { kind: 'tool_result' }>;

/** What history says of a tool_use id. */
interface Known {
  readonly origin: Origin;
  readonly ruling: Ruling | null;
  readonly original: Original | null;
  /** The call asked a search for the lines around its matches. */
  readonly context: boolean;
}

/** What reading one request carries from text to text. */
interface Reading {
  readonly injected: InjectionReader;
  readonly familiar: Familiar;
}

export async function judgeUpward(turn: Turn, view: RequestView): Promise<readonly Edit[]> {
  const known = new Map<string, Known>();
  const injected = injectionReader();
  const familiar = turn.session.familiar(turn.caller.agentId, !view.offersTools, turn.inForce.policy);
  const edits: Edit[] = [];
  let attached = 0;
  const attachments = async (before: number): Promise<void> => {
    for (let one = view.attachments[attached]; one !== undefined && one.before <= before; one = view.attachments[++attached]) edits.push(...(await judgeAttachment(turn, injected, one)));
  };
  for (const [i, item] of view.items.entries()) {
    await attachments(i);
    if (item.kind === 'tool_use') {
      const call = await judgeToolUse(turn, familiar, item);
      known.set(item.id, call.known);
      edits.push(...call.edits);
    } else if (item.kind === 'tool_result') {
      edits.push(...(await judgeToolResult(turn, { injected, familiar }, item, known.get(item.toolUseId))));
    } else {
      edits.push(...(await judgeText(turn, { injected, familiar }, item.part)));
    }
  }
  await attachments(view.items.length);
  familiar.keep();
  return edits;
}

/** An image that the agent put into the context: what file it is stands in the text before it. */
async function judgeAttachment(turn: Turn, injected: InjectionReader, attachment: Attachment): Promise<readonly Edit[]> {
  for (const file of injected.attachment()) {
    const ruling = await judgeHistory(turn, contextCall(file));
    if (ruling.decision.action === 'BLOCK') return [attachment.replace(refuseContent(turn, CONTEXT, ruling, [file.path ?? '']))];
  }
  return [];
}

async function judgeToolUse(turn: Turn, familiar: Familiar, item: ToolUseItem): Promise<{ known: Known; edits: readonly Edit[] }> {
  const original = await originalOf(turn, item.id, item.name, item.input);
  const call = historyCall(item.id, original?.tool ?? item.name, original?.input ?? item.input);
  const origin = { id: item.id, tool: call.tool, class: call.class };
  const inside = { ...origin, id: null };
  if (original !== null) {
    const input = mapStrings(original.input, (text) => cleanText(turn, inside, text, familiar));
    const edits = [
      { span: item.nameSpan, json: JSON.stringify(original.tool) },
      { span: item.inputSpan, json: JSON.stringify(input) },
    ];
    const again = original.isLocal ? await judgeHistory(turn, call) : null;
    return { known: { origin, ruling: again?.decision.action === 'BLOCK' ? again : null, original, context: false }, edits };
  }
  const ruling = await judgeHistory(turn, call);
  const edits = item.strings.flatMap((part) => edited(part, cleanText(turn, inside, part.text, familiar)));
  return { known: { origin, ruling, original: null, context: asksForContext(item.input) }, edits };
}

async function judgeToolResult(turn: Turn, { injected, familiar }: Reading, item: ToolResultItem, known: Known | undefined): Promise<readonly Edit[]> {
  const origin = known?.origin ?? { id: item.toolUseId, tool: 'unknown', class: 'other' as const };
  const original = known?.original ?? null;
  const ruling = known?.ruling ?? null;
  const raw = item.parts.map((part) => part.text);
  if (ruling?.decision.action === 'BLOCK') {
    const text = refuseContent(turn, origin, ruling, raw);
    noteResult(turn, item.toolUseId, { is_error: true, bytes: item.bytes, secrets_redacted: 0 });
    return item.replace(text, true);
  }
  const clean = original === null && familiar.has(ruling ?? 'result', raw);
  const texts = original !== null ? [original.text] : clean ? raw : await readable(turn, injected, origin, known, raw);
  const judged = judgeContent(turn, origin, texts, item.bytes, { clean });
  if (!clean && judged.clean && raw.every((text, i) => text === texts[i] && !mayInject(text))) familiar.add(ruling ?? 'result', raw);
  const isError = judged.refusal !== null || (original?.isError ?? item.isError);
  noteResult(turn, item.toolUseId, { is_error: isError, bytes: item.bytes, secrets_redacted: judged.redacted + (original?.redacted ?? 0) });
  if (judged.refusal !== null) return item.replace(judged.refusal, true);
  if (original !== null) return item.replace(judged.texts[0] as string, isError);
  return item.parts.flatMap((part, i) => edited(part, judged.texts[i] as string));
}

/** The result without what a path rule keeps from the model: injected files, and lines that begin with a denied name. */
async function readable(turn: Turn, injected: InjectionReader, origin: Origin, known: Known | undefined, raw: readonly string[]): Promise<readonly string[]> {
  const texts: string[] = [];
  for (const text of raw) texts.push(await withoutInjected(turn, injected, text));
  if (known === undefined || known.ruling === null) return texts;
  // A listing of many names takes time, and history brings it with each request.
  const key = `${origin.id ?? ''} ${turn.inForce.hash} ${digestOf(turn, texts)}`;
  const before = turn.session.withheld.get(key);
  if (before !== undefined) return before ?? texts;
  const withheld = withholdLines(turn, known.ruling, texts, known.context);
  if (withheld.ruling !== null) noteWithheld(turn, origin, withheld.ruling, texts);
  turn.session.withheld.set(key, withheld.ruling === null ? null : withheld.texts);
  return withheld.texts;
}

/** Grep's members for lines around a match. */
function asksForContext(input: Input): boolean {
  return ['-A', '-B', '-C', 'context'].some((name) => Object.hasOwn(input, name));
}

async function judgeText(turn: Turn, { injected, familiar }: Reading, part: TextPart): Promise<readonly Edit[]> {
  if (familiar.has('text', [part.text])) return [];
  const text = await withoutInjected(turn, injected, part.text);
  const judged = judgeContent(turn, CONTEXT, [text], 0);
  if (judged.clean && text === part.text && !mayInject(text)) familiar.add('text', [text]);
  return edited(part, judged.refusal ?? (judged.texts[0] as string));
}

/** A string of a call's input. */
function cleanText(turn: Turn, origin: Origin, text: string, familiar: Familiar): string {
  if (familiar.has('input', [text])) return text;
  const judged = judgeContent(turn, origin, [text], 0);
  if (judged.clean) familiar.add('input', [text]);
  return judged.refusal ?? (judged.texts[0] as string);
}

/** The text with every denied file that the agent put into it replaced by the refusal. Contents may overlap: what one denies goes. */
async function withoutInjected(turn: Turn, injected: InjectionReader, text: string): Promise<string> {
  let out = '';
  let at = 0;
  for (const file of injected.read(text)) {
    const ruling = await judgeHistory(turn, contextCall(file));
    if (ruling.decision.action !== 'BLOCK' || file.end <= at) continue;
    const start = Math.max(file.start, at);
    out += text.slice(at, start) + refuseContent(turn, CONTEXT, ruling, [text.slice(start, file.end)]);
    at = file.end;
  }
  return at === 0 ? text : out + text.slice(at);
}

function edited(part: TextPart, text: string): Edit[] {
  return text === part.text ? [] : [{ span: part.span, json: JSON.stringify(text) }];
}

/** The value with every string in it, names of members too, put through `change`. */
function mapStrings(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === 'string') return change(value);
  if (Array.isArray(value)) return value.map((v) => mapStrings(v, change));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([name, v]) => [change(name), mapStrings(v, change)]));
}
