/**
 * Writes an answer to its socket, as fast as the client takes it and no faster. What was not whole must not look as if it were:
 * where the body fails, the connection is cut; whoever made the body has said why.
 */
import type { ServerResponse } from 'node:http';

/** Resolves when the answer is over, either way. A client that takes nothing for `stuck` milliseconds is left. */
export async function respond(response: Response, outgoing: ServerResponse, stuck: number): Promise<void> {
  const { body } = response;
  if (outgoing.destroyed) return void (await body?.cancel());
  outgoing.writeHead(response.status, plainHeaders(response.headers));
  if (body === null) return void outgoing.end();
  const reader = body.getReader();
  const cancel = (): void => void reader.cancel().catch(() => outgoing.destroy());
  outgoing.once('close', cancel);
  // The headers go out with the first bytes of the body where those are at hand.
  const flush = setImmediate(() => outgoing.flushHeaders());
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      clearImmediate(flush);
      if (!outgoing.write(part.value) && !(await drained(outgoing, stuck))) return;
    }
    outgoing.off('close', cancel);
    outgoing.end();
  } catch {
    outgoing.destroy();
  } finally {
    clearImmediate(flush);
  }
}

/** False: the connection is over, by the client or, when it took nothing for so long, by us. */
function drained(outgoing: ServerResponse, stuck: number): Promise<boolean> {
  return new Promise((resolve) => {
    const settle = (isOpen: boolean): void => {
      clearTimeout(timer);
      outgoing.off('drain', onDrain).off('close', onClose);
      resolve(isOpen);
    };
    const onDrain = (): void => settle(true);
    const onClose = (): void => settle(false);
    const timer = setTimeout(() => outgoing.destroy(), stuck);
    outgoing.once('drain', onDrain).once('close', onClose);
    if (outgoing.destroyed) settle(false);
  });
}

function plainHeaders(headers: Headers): Record<string, string | string[]> {
  const plain: Record<string, string | string[]> = {};
  for (const [name, value] of headers) plain[name] = value;
  const cookies = headers.getSetCookie();
  if (cookies.length > 0) plain['set-cookie'] = cookies;
  return plain;
}
