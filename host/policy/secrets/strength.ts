/** What a value is made of: is it like a secret at all, or like what people and programs write where none is meant. Values are attacker-controlled. */

/** Bits per character by how often each occurs: random text of 20 letters and digits has about 4. */
export function entropy(value: string): number {
  const counts = new Uint32Array(256);
  for (let i = 0; i < value.length; i++) counts[value.charCodeAt(i) & 255]!++;
  let bits = 0;
  for (const n of counts) if (n > 0) bits -= (n / value.length) * Math.log2(n / value.length);
  return bits;
}

/** What people write for a password where none is meant: words, with a number behind them at most. */
export function isPlainWord(value: string): boolean {
  return /^(?:[a-z]+|[A-Z]+[a-z]*)(?:[-_.][a-z]+)*[-_.!]?[0-9]{0,4}!?$/.test(value);
}

const UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;
/** The lengths of digests of MD5, SHA-1, SHA-2 and what begins like one. */
const DIGEST = /^(?:(?:sha|md)\d+[-:=])?(?:[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{56}|[0-9a-f]{64}|[0-9a-f]{96}|[0-9a-f]{128})$/i;
/** RFC 4716 and OpenSSH public keys, X.509 public keys and certificates in DER, integrity strings. */
const PUBLIC = /^(?:AAAA[BCE]3Nz|AAAAE2Vj|MI[GI][A-Za-z0-9+/]{6}|sha(?:1|256|384|512)-|ssh-)/;

export function isUuid(value: string): boolean {
  return UUID.test(value);
}

export function isDigest(value: string): boolean {
  return DIGEST.test(value);
}

export function isPublic(value: string): boolean {
  return PUBLIC.test(value);
}

/** Code, a path, a URL, a reference: what stands for a value elsewhere. */
const REFERENCE = /^[$%@&<{(\[]|[${}<>()[\]]|:\/\/|^\.{0,2}\/|^~|\\|^[A-Za-z_][\w-]*(?:\.[A-Za-z_][\w-]*)+$|^[A-Za-z][\w+-]*(?:\/[A-Za-z0-9_.@-]+)+$|^[a-z]+(?:[A-Z][a-z]+)+\d{0,2}$|^[a-z]+(?:[-_:.](?:[a-z]+|\d{1,4}))+\d{0,2}$|^[A-Z]+(?:[-_][A-Z0-9]+)+$|^[A-Za-z]+$|^[\d.:-]+$/;

/** A value that somebody chose to be hard to guess: `shortest` characters or more, mixed, not made of words. */
export function isStrong(value: string, shortest: number): boolean {
  if (value.length < shortest || value.length > 256 || REFERENCE.test(value) || isPlainWord(value) || isUuid(value) || isPublic(value)) return false;
  const kinds = [/[a-z]/, /[A-Z]/, /[0-9]/, /[^A-Za-z0-9]/].filter((kind) => kind.test(value)).length;
  if (kinds < 2 || !/[0-9]/.test(value)) return false;
  return wordsApart(value) && entropy(value) >= Math.min(2.8, Math.log2(value.length) - 0.9);
}

/** Of its letters and digits a good part stands where no word would have it: digits between letters, capitals within. */
function wordsApart(value: string): boolean {
  const turns = value.match(/[a-z][A-Z0-9]|[A-Z][0-9]|[0-9][A-Za-z]|[A-Z]{2}[a-z]|[!-/:-@^~]/g)?.length ?? 0;
  return turns >= Math.max(2, Math.floor(value.length / 8));
}
