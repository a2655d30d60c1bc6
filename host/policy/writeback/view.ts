/**
 * A file as the model sees it: the visible text, and in the place of each secret its placeholder, with the value behind it.
 *
 *     visible  secret  visible  secret  visible        texts and secrets take turns, texts may be empty
 *
 * Text is attacker-controlled. `text` is what `redact` gives for the same text, byte for byte.
 */
import type { Core } from '../../../core-wasm/core.ts';
import type { Policy } from '../compile.ts';
import { placeholder, redact, scanContent, type FoundSecret } from '../content.ts';

export interface Hidden {
  readonly value: string;
  readonly placeholder: string;
}

export interface View {
  /** Visible texts, one more than `hidden`. */
  readonly visible: readonly string[];
  readonly hidden: readonly Hidden[];
  /** All of it, as it stands in the file. */
  readonly raw: string;
  /** All of it, as the model sees it. */
  readonly text: string;
}

/** What a view is made with. */
export interface Reader {
  readonly core: Core;
  /** The install key. */
  readonly key: Uint8Array;
  readonly policy: Policy;
}

/** More than redaction runs: one replacement can uncover the next secret. */
const MAX_PASSES = 9;

/** Null where a secret cannot be told from a placeholder beside it: such a text cannot be turned back. */
export function viewOf(reader: Reader, text: string): View | null {
  let visible: readonly string[] = [text];
  let hidden: readonly Hidden[] = [];
  for (let pass = 0; pass < MAX_PASSES; pass++) {
    const { secrets } = scanContent(reader.core, reader.policy, shown(visible, hidden));
    if (secrets.length === 0) break;
    const next = takenOut(reader, visible, hidden, secrets);
    if (next === null) return null;
    ({ visible, hidden } = next);
  }
  if (hidden.length === 0) return { visible, hidden, raw: text, text };
  const all = shown(visible, hidden);
  return all === redact(reader.core, reader.key, reader.policy, text).text ? { visible, hidden, raw: text, text: all } : null;
}

function shown(visible: readonly string[], hidden: readonly Hidden[]): string {
  return visible.map((text, i) => text + (hidden[i]?.placeholder ?? '')).join('');
}

/** Takes secrets, given by their places in the shown text, out of the visible texts; null where one reaches over an end. */
function takenOut(reader: Reader, visible: readonly string[], hidden: readonly Hidden[], secrets: readonly FoundSecret[]): Pick<View, 'visible' | 'hidden'> | null {
  const texts: string[] = [];
  const values: Hidden[] = [];
  let from = 0;
  let next = 0;
  for (const [i, text] of visible.entries()) {
    let at = 0;
    for (let secret = secrets[next]; secret !== undefined && secret.start < from + text.length; secret = secrets[++next]) {
      const [start, end] = [secret.start - from, secret.end - from];
      if (start < at || end > text.length) return null;
      const value = text.slice(start, end);
      texts.push(text.slice(at, start));
      values.push({ value, placeholder: placeholder(reader.core, reader.key, secret.label, value) });
      at = end;
    }
    texts.push(text.slice(at));
    const after = hidden[i];
    if (after !== undefined) values.push(after);
    from += text.length + (after?.placeholder.length ?? 0);
  }
  return next === secrets.length ? { visible: texts, hidden: values } : null;
}
