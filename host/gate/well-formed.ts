/** A model can write half a surrogate pair; a row cannot hold one. What is judged and recorded has U+FFFD in its place. */

export function wellFormed<T>(value: T): T {
  return isWhole(value) ? value : (repaired(value) as T);
}

/** Nearly all are; they are not copied. */
function isWhole(value: unknown): boolean {
  if (typeof value === 'string') return !/\p{Cs}/u.test(value);
  if (value === null || typeof value !== 'object') return true;
  for (const [name, v] of Object.entries(value)) if (!isWhole(name) || !isWhole(v)) return false;
  return true;
}

function repaired(value: unknown): unknown {
  if (typeof value === 'string') return whole(value);
  if (Array.isArray(value)) return value.map(repaired);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([name, v]) => [whole(name), repaired(v)]));
}

const LONE = /\p{Cs}/gu;

function whole(text: string): string {
  return text.replace(LONE, '\ufffd');
}
