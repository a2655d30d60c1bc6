/**
 * Write-back: from what the model writes, placeholders in it, to what the agent is to write, values in their place. All of it is decided
 * on the file as the model sees it; the values only follow. So nothing the model is told depends on a value.
 *
 *     the model's     old_string  KEY=[REDACTED:aws-access-key:…]\nPORT=1      new_string  KEY=[REDACTED:aws-access-key:…]\nPORT=2
 *     the agent's     old_string  KEY=AKIA…\nPORT=1                            new_string  KEY=AKIA…\nPORT=2
 *
 * What may be written: each placeholder stands for one value of the target; on its line the text before it and the character behind it are
 * as they were, so that it is found again; and what redaction makes of the result is what the model wrote. The text is attacker-controlled.
 */
import { redact, scanContent } from '../content.ts';
import type { InputFault } from '../types.ts';
import { couldCut } from './cut.ts';
import { viewOf, type Reader, type View } from './view.ts';

/** One replacement in a file, as the agents' edit tools make it. */
export interface EditStep {
  readonly from: string;
  readonly to: string;
  readonly all: boolean;
}

/** What a call writes into its file: replacements one after the other, or a text whole. */
export type Writing = { readonly kind: 'edit'; readonly steps: readonly EditStep[] } | { readonly kind: 'whole'; readonly text: string };

export type Restored =
  /** `count`: placeholders turned back. `guarded`: secrets stand in the target. */
  | { readonly writing: Writing; readonly count: number; readonly guarded: boolean }
  | { readonly fault: Extract<InputFault, 'placeholder-unknown' | 'secret-cut'> };

const MARK = '[REDACTED:';
const PLACEHOLDER = /\[REDACTED:[a-z0-9-]+:[a-z2-7]{10}\]/g;
const FIRST = new RegExp(PLACEHOLDER.source);
/** Secrets in one file that an edit is judged against. */
const MAX_HIDDEN = 2_000;
/** Characters of the lines that lead to placeholders, of all of a text. */
const MAX_SURROUNDINGS = 20_000_000;
/** Texts that one list of replacements may leave behind. */
const MAX_WAYS = 8;

const UNKNOWN: Restored = { fault: 'placeholder-unknown' };
const CUT: Restored = { fault: 'secret-cut' };

/** `targets`: what stands in the file now; more than one where it holds several texts; none where there is no such file. */
export function restoreWriting(reader: Reader, writing: Writing, targets: readonly string[]): Restored {
  const texts = writing.kind === 'whole' ? [writing.text] : writing.steps.flatMap(({ from, to }) => [from, to]);
  const marked = texts.some((text) => text.includes(MARK));
  if (writing.kind === 'whole' && !marked) return { writing, count: 0, guarded: false };
  const views: View[] = [];
  for (const target of targets) {
    const view = viewOf(reader, target);
    if (view === null || view.hidden.length > MAX_HIDDEN) return CUT;
    views.push(view);
  }
  const surroundings = views.map(({ text }) => surroundingsOf(text));
  if (surroundings.includes(null)) return CUT;
  const scope: Scope = { reader, values: valuesOf(views), surroundings: new Set(surroundings.flatMap((lines) => lines ?? [])) };
  if (!texts.every((text) => isKnown(scope, text))) return UNKNOWN;
  const restored = writing.kind === 'whole' ? restoreWhole(scope, writing.text) : restoreEdit(scope, writing, views);
  if (restored === null) return CUT;
  const count = texts.reduce((sum, text) => sum + (text.match(PLACEHOLDER)?.length ?? 0), 0);
  return { writing: restored, count, guarded: views.some((view) => view.hidden.length > 0) };
}

interface Scope {
  readonly reader: Reader;
  /** Null: a placeholder that stands for two values, or that stands in a file as it is. */
  readonly values: ReadonlyMap<string, string | null>;
  readonly surroundings: ReadonlySet<string>;
}

function valuesOf(views: readonly View[]): Map<string, string | null> {
  const values = new Map<string, string | null>();
  for (const { placeholder, value } of views.flatMap((view) => view.hidden)) {
    const before = values.get(placeholder);
    values.set(placeholder, before === undefined || before === value ? value : null);
  }
  for (const text of views.flatMap((view) => view.visible)) for (const [forged] of text.matchAll(PLACEHOLDER)) values.set(forged, null);
  return values;
}

/** Every mark in the text begins a placeholder that stands for one value. */
function isKnown(scope: Scope, text: string): boolean {
  const known = text.replace(PLACEHOLDER, (one) => (typeof scope.values.get(one) === 'string' ? '' : one));
  return !known.includes(MARK);
}

function filled(scope: Scope, text: string): string {
  return text.replace(PLACEHOLDER, (one) => scope.values.get(one) ?? one);
}

/** Where placeholders stand: the line up to and with each, and the character behind it. Null: too much to look at. */
function surroundingsOf(text: string): readonly string[] | null {
  const found: string[] = [];
  let size = 0;
  let line = 0;
  for (const { 0: one, index } of text.matchAll(PLACEHOLDER)) {
    const end = index + one.length;
    const last = text.slice(line, index).lastIndexOf('\n');
    if (last >= 0) line += last + 1;
    size += end - line;
    if (size > MAX_SURROUNDINGS) return null;
    found.push(text.slice(line, end) + (text[end] ?? '\n'));
  }
  return found;
}

function areKept(scope: Scope, text: string): boolean {
  return surroundingsOf(text)?.every((one) => scope.surroundings.has(one)) === true;
}

/** The text, written by itself: in later requests it stands alone, and must come out as the model wrote it. */
function survives(scope: Scope, text: string): boolean {
  if (!text.includes(MARK)) return true;
  const { core, key, policy } = scope.reader;
  const value = filled(scope, text);
  return redact(core, key, policy, value).text === redact(core, key, policy, text).text && scanContent(core, policy, value).patterns.length === 0;
}

/** A fragment may leave out the indentation of its first line, no more of what leads to a placeholder. */
function isLedTo(scope: Scope, fragment: string): boolean {
  const first = FIRST.exec(fragment);
  if (first === null || fragment.lastIndexOf('\n', first.index) >= 0) return true;
  const lead = fragment.slice(0, first.index + first[0].length).trimStart();
  return [...scope.surroundings].some((line) => line.slice(0, -1).trimStart() === lead);
}

function restoreWhole(scope: Scope, text: string): Writing | null {
  return areKept(scope, text) && survives(scope, text) ? { kind: 'whole', text: filled(scope, text) } : null;
}

function restoreEdit(scope: Scope, writing: Extract<Writing, { kind: 'edit' }>, [only]: readonly View[]): Writing | null {
  // Nothing to cut, and nothing to turn back.
  if (only === undefined || only.hidden.length === 0) return writing;
  let views: readonly View[] = [only];
  const steps: EditStep[] = [];
  for (const step of writing.steps) {
    if (![step.from, step.to].every((text) => isLedTo(scope, text) && survives(scope, text))) return null;
    const after = new Map<string, View>();
    for (const view of views) {
      for (const way of waysOf(step, view)) {
        const next = stepped(scope, view, way);
        if (next === null) return null;
        after.set(next.raw, next);
      }
    }
    if (after.size > MAX_WAYS) return null;
    views = [...after.values()];
    steps.push({ ...step, from: filled(scope, step.from), to: filled(scope, step.to) });
  }
  return { kind: 'edit', steps };
}

/** Some agents take the line end along where lines are taken out; what either leaves behind must hold. */
function waysOf(step: EditStep, view: View): readonly EditStep[] {
  const longer = `${step.from}\n`;
  return step.to === '' && !step.from.endsWith('\n') && view.text.includes(longer) ? [step, { ...step, from: longer }] : [step];
}

/** The file after one replacement; null where it is not found as the model sees the file, or does not leave the secrets as they are. */
function stepped(scope: Scope, view: View, step: EditStep): View | null {
  const marked = step.from.includes(MARK);
  // With a whole value in it nothing can be guessed: then the two must only be found alike.
  if (step.from === '' || (!marked && couldCut(view, step.from))) return null;
  const real = { ...step, from: filled(scope, step.from), to: filled(scope, step.to) };
  const count = view.text.split(step.from).length - 1;
  if (count === 0 || view.raw.split(real.from).length - 1 !== count) return null;
  // The agent says that it found several, and changes nothing.
  if (count > 1 && !step.all) return marked || step.to.includes(MARK) ? null : view;
  const seen = replaced(view.text, step);
  if (!areKept(scope, seen)) return null;
  const { core, key, policy } = scope.reader;
  const next = viewOf(scope.reader, replaced(view.raw, real));
  return next !== null && next.text === redact(core, key, policy, seen).text ? next : null;
}

function replaced(text: string, { from, to, all }: EditStep): string {
  return all ? text.split(from).join(to) : text.replace(from, () => to);
}
