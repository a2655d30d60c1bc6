/**
 * What looks like a secret and is none: values the policy lets through, the examples that vendors print in their manuals,
 * and stand-ins that nobody takes for the thing.
 *
 * `allow_secrets` takes `sha256:<64 hex>` of the value (nothing of it stands in the policy then), the value itself, or a
 * value with `*` for any run of characters.
 */
import type { Core } from '../../../core-wasm/core.ts';
import { wildcard } from '../words.ts';

export interface Exceptions {
  has(value: string): boolean;
}

export function createExceptions(core: Core, entries: readonly string[]): Exceptions {
  const digests = new Set(entries.filter((e) => e.startsWith('sha256:')).map((e) => e.slice(7).toLowerCase()));
  const texts = entries.filter((e) => !e.startsWith('sha256:'));
  return {
    has(value) {
      if (texts.some((text) => wildcard(text, value))) return true;
      return digests.size > 0 && digests.has(hex(core.sha256(new TextEncoder().encode(value))));
    },
  };
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (b) => b.toString(16).padStart(2, '0')).join('');
}

export const PLACEHOLDER = /^\[REDACTED:[a-z0-9-]+:[a-z2-7]{10}\]$/;

/** Words that stand where the secret goes in manuals and templates. */
const STAND_INS = /example|sample|placeholder|changeme|change[-_]me|your[-_]?(?:api|token|key|secret|password|own)|dummy|redacted|insert[-_]|replace[-_]?(?:me|with)|x{5,}|\*{3,}|\.{3,}|0{8,}|1{8,}|a{8,}|(?:12345678){2}|1234567890|0123456789|abcdefghij|deadbeef|not[-_]?a[-_]?(?:real|secret)/i;

/** Whole values that vendors publish, by what is left of them without what all of their kind share. */
const PUBLISHED: ReadonlySet<string> = new Set([
  ['4eC39HqL', 'yjWDarjtT1zdp7dc'].join(''), // Stripe's test key for everyone
  ['BQokikJO', 'vBiI2HlWgH4olfQ2'].join(''), // the same, older
  ['SflKxwRJSMeKKF2QT4fwpMeJf36PO', 'k6yJV_adQssw5c'].join(''), // signature of the token on jwt.io
  ['TJVA95OrM7E2cBab30RMHrHDcEfx', 'joYZgeFONFh7HgQ'].join(''), // the older one
  ['KBHBeksoGMGw', '=='].join(''), // the storage emulator of Azure
  ['238ff944bacb478c', 'bed5efcae784d7bf4f2ff80'].join(''), // first account of local Ethereum nodes
]);

export function isStandIn(value: string): boolean {
  if (PLACEHOLDER.test(value)) return true;
  if (value.length <= 200 && STAND_INS.test(value)) return true;
  return [...PUBLISHED].some((known) => value.endsWith(known)) || distinct(value) < 5;
}

/** Different characters among the last 20. */
function distinct(value: string): number {
  return new Set(value.slice(-20)).size;
}
