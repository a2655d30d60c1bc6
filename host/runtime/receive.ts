/**
 * What is taken in at one time, in numbers, and the reading of bodies within them. Sizes and pace of a body are
 * attacker-controlled: a length that says too much is refused before a byte of it is read.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { OccasioError } from '../../verifiers/formats/error.ts';
import type { Arrival } from '../proxy/arrival.ts';

export interface Intake {
  /** Counts a request until its answer is over, either way. */
  take(incoming: IncomingMessage, outgoing: ServerResponse): Arrival;
}

export interface IntakeLimits {
  /** Requests under way, all connections together. */
  readonly requests: number;
  /** Requests under way on one connection: a client that sends the next before it has read the answer. */
  readonly perConnection: number;
  /** Bytes of bodies whose requests are under way. */
  readonly bytes: number;
}

export const INTAKE: IntakeLimits = { requests: 256, perConnection: 8, bytes: 512 * 1024 * 1024 };

export function createIntake(limits: IntakeLimits): Intake {
  const held = { requests: 0, bytes: 0 };
  const connections = new WeakMap<object, number>();
  return {
    take(incoming, outgoing) {
      const { socket } = incoming;
      const here = (connections.get(socket) ?? 0) + 1;
      const busy = held.requests >= limits.requests ? `${limits.requests} requests are under way` : here > limits.perConnection ? `${limits.perConnection} requests of this connection are under way` : null;
      let bytes = 0;
      held.requests += 1;
      connections.set(socket, here);
      outgoing.once('close', () => {
        held.requests -= 1;
        held.bytes -= bytes;
        connections.set(socket, (connections.get(socket) ?? 1) - 1);
      });
      const grow = (size: number): boolean => {
        bytes += size;
        held.bytes += size;
        return held.bytes <= limits.bytes;
      };
      return { busy, body: (limit) => readBody(incoming, limit, grow, limits.bytes) };
    },
  };
}

/** `grow` counts what is held; false: it is too much. */
function readBody(incoming: IncomingMessage, limit: number, grow: (bytes: number) => boolean, most: number): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let size = 0;
  return new Promise((resolve, reject) => {
    if (Number(incoming.headers['content-length'] ?? 0) > limit) return reject(tooLarge(limit));
    const stop = (error: Error): void => {
      for (const [name, listener] of Object.entries(listeners)) incoming.off(name, listener);
      reject(error);
    };
    const left = (): void => stop(new Error('the client left before it had sent all'));
    const listeners = {
      data(part: Uint8Array): void {
        size += part.length;
        if (size > limit) stop(tooLarge(limit));
        else if (!grow(part.length)) stop(new OccasioError({ code: 'busy', cannot: 'take', thing: 'request', found: `more than ${most} bytes of requests are under way`, next: 'Send it again.' }));
        else parts.push(part);
      },
      end: () => resolve(parts.length === 1 ? (parts[0] as Uint8Array) : joined(parts, size)),
      error: left,
      close: left,
    };
    for (const [name, listener] of Object.entries(listeners)) incoming.on(name, listener);
  });
}

function joined(parts: readonly Uint8Array[], size: number): Uint8Array {
  const out = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

function tooLarge(limit: number): OccasioError {
  return new OccasioError({ code: 'too-large', cannot: 'read', thing: 'request', found: `more than ${limit} bytes`, want: `at most ${limit}` });
}
