/**
 * Which headers go on. Hop-by-hop ones (RFC 9110, 7.6.1) and those we answer for ourselves stay; all others pass as they are.
 * Credentials go to the configured upstream only, because nothing else is ever sent to.
 */
import type { Header } from '../ops.ts';

const HOP = ['connection', 'keep-alive', 'proxy-authenticate', 'proxy-authorization', 'proxy-connection', 'te', 'trailer', 'transfer-encoding', 'upgrade'];
const REQUEST_OWN = new Set([...HOP, 'host', 'content-length', 'accept-encoding', 'expect']);
const RESPONSE_OWN = new Set([...HOP, 'content-length', 'content-encoding']);

/** Headers of the client's request for the upstream. Answers are asked for uncompressed: they have to be read. */
export function upstreamHeaders(headers: Headers): Header[] {
  const named = connectionNames(headers.get('connection'));
  const out: Header[] = [['accept-encoding', 'identity']];
  for (const [name, value] of headers) if (!REQUEST_OWN.has(name) && !named.has(name)) out.push([name, value]);
  return out;
}

/** Headers of the upstream's answer for the client. */
export function clientHeaders(headers: readonly Header[]): Headers {
  const named = connectionNames(valueOf(headers, 'connection'));
  const out = new Headers();
  for (const [name, value] of headers) {
    const lower = name.toLowerCase();
    if (!RESPONSE_OWN.has(lower) && !named.has(lower)) out.append(name, value);
  }
  return out;
}

export function valueOf(headers: readonly Header[], name: string): string | null {
  return headers.find(([n]) => n.toLowerCase() === name)?.[1] ?? null;
}

function connectionNames(value: string | null): Set<string> {
  return new Set((value ?? '').split(',').map((name) => name.trim().toLowerCase()));
}
