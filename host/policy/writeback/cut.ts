/**
 * Whether a text that an agent looks for in a file could be found at a place where a secret stands. The answer follows from what the
 * model sees and from the white space in the secrets, never from another character of one: a piece of a secret that was guessed right
 * and one that was guessed wrong are told the same. The text is attacker-controlled.
 *
 *     visible  [a secret: one or more characters, none white space]  visible  …
 */
import type { View } from './view.ts';

/** Characters looked at in one question; beyond it the answer is yes. */
const MAX_STEPS = 50_000_000;

export function couldCut(view: View, text: string): boolean {
  if (view.hidden.length === 0) return false;
  const fixed = pieces(view);
  const blank = !/\S/.test(text);
  if (blank) return text === '' || view.hidden.some(({ value }) => /\s/.test(value));
  if (fixed.length * text.length > MAX_STEPS) return true;
  // Places in `text` that can stand at the beginning of the secret behind a piece.
  let entries = suffixes(fixed[0] ?? '', text);
  for (const piece of fixed.slice(1)) {
    const reached = beyond(entries, text);
    if (reached[text.length] === 1) return true;
    const next = suffixes(piece, text);
    const common = commonStarts(piece, text);
    for (let at = 1; at < text.length; at++) {
      if (reached[at] !== 1) continue;
      const same = common[at] ?? 0;
      if (at + same === text.length) return true;
      if (same >= piece.length) next[at + piece.length] = 1;
    }
    entries = next;
  }
  return false;
}

/** What is known of the file between the unknown runs: visible texts, and the white space within secrets. */
function pieces(view: View): string[] {
  const out: string[] = [view.visible[0] ?? ''];
  for (const [i, { value }] of view.hidden.entries()) {
    const blanks = value.match(/\s+/g) ?? [];
    out.push(...blanks, view.visible[i + 1] ?? '');
  }
  return out;
}

/** 1 at each length of `text` whose beginning ends `piece`; at 0 too: a find may begin inside the secret. */
function suffixes(piece: string, text: string): Uint8Array {
  const found = new Uint8Array(text.length + 1);
  const joined = `${text}\uffff\uffff${piece.slice(-text.length)}`;
  const borders = new Uint32Array(joined.length);
  for (let i = 1, k = 0; i < joined.length; i++) {
    while (k > 0 && joined[i] !== joined[k]) k = borders[k - 1] ?? 0;
    if (joined[i] === joined[k]) k++;
    borders[i] = k;
  }
  found[0] = 1;
  // A find that ends with the piece touches no secret.
  for (let k = borders[joined.length - 1] ?? 0; k > 0; k = borders[k - 1] ?? 0) if (k < text.length) found[k] = 1;
  return found;
}

/** 1 at each place that one or more characters, none white space, lead to from an entry. */
function beyond(entries: Uint8Array, text: string): Uint8Array {
  const out = new Uint8Array(text.length + 1);
  for (let i = 0, open = false; i < text.length; i++) {
    open = (open || entries[i] === 1) && /\S/.test(text[i] ?? ' ');
    if (open) out[i + 1] = 1;
  }
  return out;
}

/** At each place of `text` how many characters it has in common with the beginning of `piece` (Z-function). */
function commonStarts(piece: string, text: string): Uint32Array {
  const joined = `${piece.slice(0, text.length + 1)}\uffff\uffff${text}`;
  const z = new Uint32Array(joined.length);
  for (let i = 1, left = 0, right = 0; i < joined.length; i++) {
    let length = i < right ? Math.min(right - i, z[i - left] ?? 0) : 0;
    while (i + length < joined.length && joined[length] === joined[i + length]) length++;
    z[i] = length;
    if (i + length > right) [left, right] = [i, i + length];
  }
  return z.subarray(joined.length - text.length);
}
