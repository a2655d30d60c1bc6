/** Secrets whose form is an encoding of something: what it says when it is read. Values are attacker-controlled. */

/** Base64, of either alphabet, as text of one unit a byte; null where it is none. */
export function base64Text(value: string): string | null {
  const plain = value.replaceAll('-', '+').replaceAll('_', '/').replace(/=+$/, '');
  return /^[A-Za-z0-9+/]*$/.test(plain) && plain.length % 4 !== 1 ? atob(plain) : null;
}

/** Base64 of `name:password`, as basic authentication has it. */
export function isPair(value: string): boolean {
  const text = base64Text(value);
  return text !== null && /^[\x21-\x39\x3b-\x7e]{1,80}:[\x20-\x7e]{3,}$/.test(text);
}

/** RFC 7519: the header of a token is an object that names its algorithm. */
export function isToken(value: string): boolean {
  const text = base64Text(value.slice(0, value.indexOf('.')));
  return text !== null && text.length <= 8192 && /^\{(?=.*"alg"\s*:\s*"[A-Za-z0-9+-]{2,30}")[\x20-\x7e\s]*\}$/s.test(text);
}
