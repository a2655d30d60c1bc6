/**
 * What @sigstore/sign asks services with, in the place of the package it brings: the runtime's own fetch, no redirect, no cache. The
 * build puts it there; what it saves the program is a cache on disk and 60 packages.
 */
interface Request {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string;
  /** Milliseconds for the whole answer. */
  readonly timeout?: number;
}

export async function request(url: string, { method = 'GET', headers = {}, body, timeout = 30_000 }: Request): Promise<Response & { buffer(): Promise<Uint8Array> }> {
  const response = await fetch(url, { method, headers, ...(body === undefined ? {} : { body }), redirect: 'error', signal: AbortSignal.timeout(timeout) });
  // The library's name for it.
  return Object.assign(response, { buffer: async () => new Uint8Array(await response.arrayBuffer()) });
}
