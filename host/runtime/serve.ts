/** Listens on loopback and hands requests to a fetch function. Nothing here decides anything. */
import { createAdaptorServer } from '@hono/node-server';
import type { Server } from 'node:http';
import { OccasioError } from '../../verifiers/formats/error.ts';

export interface Listening {
  readonly port: number;
  /** Stops taking connections, ends those that are open. */
  close(): Promise<void>;
}

const ADDRESS = '127.0.0.1';
const MAX_CONNECTIONS = 512;
/** A client has this long to send its headers, and this long for its whole request. */
const HEADERS_MS = 20_000;
const REQUEST_MS = 120_000;

export async function listen(fetch: (request: Request) => Promise<Response> | Response, port: number): Promise<Listening> {
  const server = createAdaptorServer({ fetch, overrideGlobalObjects: false, serverOptions: { headersTimeout: HEADERS_MS, requestTimeout: REQUEST_MS } }) as Server;
  server.maxConnections = MAX_CONNECTIONS;
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => reject(cannotListen(port, cause)));
    server.listen({ host: ADDRESS, port, exclusive: true }, resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('bug: a TCP server has an address and a port');
  return {
    port: address.port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function cannotListen(port: number, cause: NodeJS.ErrnoException): OccasioError {
  return new OccasioError(
    {
      code: 'port',
      cannot: 'listen on',
      thing: `${ADDRESS}:${port}`,
      found: cause.code === 'EADDRINUSE' ? 'the port is in use' : (cause.code ?? cause.message),
      next: 'Leave --port out to get a free one.',
    },
    cause,
  );
}
