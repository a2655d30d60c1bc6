/** Listens on loopback and hands requests to a fetch function. Nothing here decides anything. */
import { createAdaptorServer, type HttpBindings } from '@hono/node-server';
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
  const handle = async (request: Request, { outgoing }: HttpBindings): Promise<Response> => severing(await fetch(request), () => outgoing.destroy());
  const server = createAdaptorServer({ fetch: handle as (request: Request, env: unknown) => Promise<Response>, overrideGlobalObjects: false, serverOptions: { headersTimeout: HEADERS_MS, requestTimeout: REQUEST_MS } }) as Server;
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

/** The response, whose connection is cut where its body fails: what was not whole must not look as if it were. */
function severing(response: Response, sever: () => void): Response {
  if (response.body === null) return response;
  const reader = response.body.getReader();
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const { done, value } = await reader.read();
        if (done) controller.close();
        else controller.enqueue(value);
      } catch {
        // Whoever made the body has said why; the client learns it by the broken connection.
        sever();
        controller.close();
      }
    },
    cancel: (reason) => reader.cancel(reason),
  });
  return new Response(body, response);
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
