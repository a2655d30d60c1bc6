/** Which model API the proxy calls: --upstream, else the inherited ANTHROPIC_BASE_URL, else the public one. Never ourselves. */
import { join } from 'node:path';
import { OccasioError } from '../../verifiers/formats/error.ts';
import { openProxies } from '../ledger/proxies.ts';
import type { Ops } from '../ops.ts';
import type { Io } from './print.ts';

const PUBLIC = 'https://api.anthropic.com';
const HEALTH_MS = 1000;

export async function chooseUpstream(io: Io, ops: Ops, home: string, given: string | undefined): Promise<string> {
  const inherited = io.env['ANTHROPIC_BASE_URL'] ?? '';
  const [text, origin] = given !== undefined ? [given, '--upstream'] : inherited !== '' ? [inherited, 'ANTHROPIC_BASE_URL'] : [PUBLIC, ''];
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !/^https?:$/.test(url.protocol) || url.search !== '' || url.hash !== '') {
    throw new OccasioError({ code: 'usage', cannot: 'use the upstream', thing: text, found: `${origin} is no base URL`, want: 'one like https://api.anthropic.com' });
  }
  if (url.username !== '' || url.password !== '') {
    throw new OccasioError({ code: 'usage', cannot: 'use the upstream', thing: url.host, found: `${origin} holds a user name or password`, want: 'an address without' });
  }
  if (await isOurs(ops, home, url)) {
    throw new OccasioError({
      code: 'upstream',
      cannot: 'use the upstream',
      thing: text,
      found: `${origin} is a proxy of ours that is already running`,
      next: 'Name the real one with --upstream, or start the agent itself: it is governed already.',
    });
  }
  return text.replace(/\/+$/, '');
}

/** Known by the file a running proxy keeps in the home, or by its own answer. */
async function isOurs(ops: Ops, home: string, url: URL): Promise<boolean> {
  if (!/^(localhost|127(\.\d+){3}|\[::1\]|0\.0\.0\.0|\[::\])$/.test(url.hostname)) return false;
  const port = Number(url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : url.port);
  return (await portsOfHome(ops, home)).has(port) || (await saysOurs(ops, url));
}

async function portsOfHome(ops: Ops, home: string): Promise<ReadonlySet<number>> {
  const folder = join(home, 'proxies');
  if ((await ops.files.stat(folder)) === null) return new Set();
  return new Set((await openProxies(ops, folder).list()).map((entry) => entry.port));
}

async function saysOurs(ops: Ops, url: URL): Promise<boolean> {
  const stop = AbortSignal.timeout(HEALTH_MS);
  try {
    const answer = await ops.send({ method: 'GET', url: new URL('/occasio/health', url).href, headers: [['host', url.host]], body: null, signal: stop });
    return answer.status === 200 && namesUs(await beginning(answer.body, 1024));
  } catch (error) {
    // Nobody listens, or nobody answers in time: whoever it is, it is not ours. The proxy itself says so later if it is down.
    if (error instanceof OccasioError || stop.aborted) return false;
    throw error;
  }
}

/** The first bytes of a body, as text; the rest is not read. One that breaks off has said what it said. */
async function beginning(body: ReadableStream<Uint8Array>, limit: number): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  try {
    for await (const chunk of body) {
      text += decoder.decode(chunk, { stream: true });
      if (text.length >= limit) break;
    }
    return text;
  } catch {
    return text;
  }
}

function namesUs(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && typeof (value as { readonly occasio?: unknown }).occasio === 'string';
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}
