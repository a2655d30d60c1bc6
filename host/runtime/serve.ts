/** Listens on loopback and hands requests to a fetch function. Nothing here decides anything. */
import { createAdaptorServer, type HttpBindings } from '@hono/node-server';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import type { Server } from 'node:http';
import { OccasioError } from '../../verifiers/formats/error.ts';
import type { Arrival } from '../proxy/arrival.ts';
import { createIntake, INTAKE, type IntakeLimits } from './receive.ts';
import { respond } from './respond.ts';

export interface Listening {
  readonly port: number;
  /** Stops taking connections, ends those that are open. */
  close(): Promise<void>;
}

const ADDRESS = '127.0.0.1';

export interface ServeLimits extends IntakeLimits {
  readonly connections: number;
  /** Bytes of a request's line and headers. */
  readonly headerBytes: number;
  /** Milliseconds that a client has to send its headers, and its whole request. */
  readonly headers: number;
  readonly request: number;
  /** A client that takes nothing of its answer for so many milliseconds is left. */
  readonly stuck: number;
}

export const SERVE: ServeLimits = { ...INTAKE, connections: 512, headerBytes: 16_384, headers: 20_000, request: 120_000, stuck: 600_000 };

export async function listen(fetch: (request: Request, arrival: Arrival) => Promise<Response> | Response, port: number, limits: ServeLimits = SERVE): Promise<Listening> {
  const intake = createIntake(limits);
  const handle = async (request: Request, { incoming, outgoing }: HttpBindings): Promise<Response> => {
    await respond(await fetch(request, intake.take(incoming, outgoing)), outgoing, limits.stuck);
    return RESPONSE_ALREADY_SENT;
  };
  const serverOptions = { headersTimeout: limits.headers, requestTimeout: limits.request, connectionsCheckingInterval: Math.min(5_000, limits.headers / 4), maxHeaderSize: limits.headerBytes };
  const server = createAdaptorServer({ fetch: handle as (request: Request, env: unknown) => Promise<Response>, overrideGlobalObjects: false, serverOptions }) as Server;
  server.maxConnections = limits.connections;
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
