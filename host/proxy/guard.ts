/**
 * Who may talk to us: a program on this machine that means us. A web page in the user's browser may not, whatever name it
 * has bound to loopback: Host is checked against DNS rebinding, any Origin is refused.
 */

const NAMES = ['127.0.0.1', 'localhost', '[::1]'];

/** Why the request is refused, or null. `port` is where we listen. */
export function strangerReason(request: Request, port: number): string | null {
  // An absolute request target names a host of its own, which may differ.
  for (const host of [request.headers.get('host')?.toLowerCase() ?? '', new URL(request.url).host]) {
    if (!NAMES.some((name) => host === `${name}:${port}`)) return `Host is "${host}", want 127.0.0.1:${port}`;
  }
  if (request.headers.has('origin')) return 'a browser page may not use this address (Origin is set)';
  if (request.headers.has('sec-fetch-site') && request.headers.get('sec-fetch-site') !== 'none') return 'a browser page may not use this address (Sec-Fetch-Site is set)';
  return null;
}
