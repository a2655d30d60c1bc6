/**
 * Texts in which nothing was found, as the newest request of a conversation brought them: the next one brings them again, and
 * they are not looked through again. What is known holds for one session, one agent in it, and one policy in force. A text is
 * known by all its characters, never by a digest, and by what it was judged as.
 */
import { ownText } from './own-text.ts';
import type { Policy } from '../policy/index.ts';
import type { Ruling } from './turn.ts';

/** What a text was judged as: a text of the context, a string of a call's input, the result of no known call, or that of a call so ruled on. */
export type JudgedAs = 'text' | 'input' | 'result' | Ruling;

export interface Familiar {
  /** The request before brought these texts as the same, and nothing was found in them. */
  has(as: JudgedAs, texts: readonly string[]): boolean;
  /** Nothing was found in these texts. */
  add(as: JudgedAs, texts: readonly string[]): void;
  /** The request has been judged whole: the next one of the conversation is held against it. */
  keep(): void;
}

export interface FamiliarTexts {
  open(conversation: string, policy: Policy): Familiar;
}

interface Known {
  readonly as: JudgedAs;
  readonly texts: readonly string[];
}

interface Kept {
  readonly policy: Policy;
  readonly known: readonly Known[];
  readonly size: number;
}

/** UTF-16 units of the texts of all conversations together; those longest unasked go. */
const MAX_UNITS = 16 * 1024 * 1024;
/** Conversations; a subagent is one. */
const MAX_CONVERSATIONS = 1_000;
/** What an entry costs besides its characters. */
const ENTRY = 64;
/** Texts of the request before that may have gone from between two that stayed. */
const MAX_GONE = 16;

export function familiarTexts(maxUnits = MAX_UNITS): FamiliarTexts {
  const conversations = new Map<string, Kept>();
  let units = 0;
  const drop = (conversation: string): void => {
    units -= conversations.get(conversation)?.size ?? 0;
    conversations.delete(conversation);
  };

  return {
    open(conversation, policy) {
      const kept = conversations.get(conversation);
      const before = kept?.policy === policy ? kept.known : [];
      const now: Known[] = [];
      let size = 0;
      let next = 0;
      const note = (known: Known): void => {
        size += sizeOf(known.texts);
        now.push(known);
      };
      return {
        has(as, texts) {
          for (let at = next; at < before.length && at <= next + MAX_GONE; at++) {
            const known = before[at] as Known;
            if (known.as !== as || !same(known.texts, texts)) continue;
            note(known);
            next = at + 1;
            return true;
          }
          return false;
        },
        add(as, texts) {
          if (size + sizeOf(texts) <= maxUnits) note({ as, texts: texts.map(ownText) });
        },
        keep() {
          drop(conversation);
          conversations.set(conversation, { policy, known: now, size });
          units += size;
          for (const oldest of conversations.keys()) {
            if (units <= maxUnits && conversations.size <= MAX_CONVERSATIONS) break;
            drop(oldest);
          }
        },
      };
    },
  };
}

function sizeOf(texts: readonly string[]): number {
  return texts.reduce((sum, text) => sum + text.length, ENTRY);
}

function same(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((text, i) => text === b[i]);
}
