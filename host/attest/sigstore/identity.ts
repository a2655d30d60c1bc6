/**
 * The identity a signature is made under: an OIDC token for the audience `sigstore`. Three ways, in this order: a token given
 * by flag or file, SIGSTORE_ID_TOKEN, and the token service of a GitHub Actions job with `id-token: write`. Tokens are secrets:
 * no error shows one.
 */
import { OccasioError } from '../../../verifiers/formats/error.ts';

export interface IdentitySources {
  /** `--identity-token`. */
  readonly token?: string;
  readonly env: { readonly [name: string]: string | undefined };
  readonly fetch: typeof fetch;
}

const AUDIENCE = 'sigstore';
const TIMEOUT_MS = 20_000;

export async function identityToken({ token, env, fetch: ask }: IdentitySources): Promise<string> {
  if (token !== undefined) return checked(token, '--identity-token');
  const given = env['SIGSTORE_ID_TOKEN'];
  if (given !== undefined && given !== '') return checked(given, 'SIGSTORE_ID_TOKEN');
  const [url, bearer] = [env['ACTIONS_ID_TOKEN_REQUEST_URL'], env['ACTIONS_ID_TOKEN_REQUEST_TOKEN']];
  if (url !== undefined && url !== '' && bearer !== undefined && bearer !== '') return fromActions(url, bearer, ask);
  throw new OccasioError({
    code: 'usage',
    cannot: 'sign',
    thing: 'this run',
    found: 'no identity',
    next: 'Give one of: --identity-token TOKEN; SIGSTORE_ID_TOKEN in the environment; a GitHub Actions job with "permissions: id-token: write". Without any of them, sign with --key FILE.',
  });
}

async function fromActions(url: string, bearer: string, ask: typeof fetch): Promise<string> {
  const target = new URL(url);
  target.searchParams.set('audience', AUDIENCE);
  const failed = (found: string): OccasioError => new OccasioError({ code: 'upstream', cannot: 'get an identity token from', thing: target.host, found });
  let response: Response;
  try {
    response = await ask(target, { headers: { accept: 'application/json', authorization: `Bearer ${bearer}` }, redirect: 'error', signal: AbortSignal.timeout(TIMEOUT_MS) });
  } catch (error) {
    throw failed(error instanceof Error ? error.message : 'no answer');
  }
  if (!response.ok) throw failed(`status ${response.status}`);
  // An answer that is no JSON has no token, and that is what is said.
  const value: unknown = await response.json().catch(() => null);
  const token = typeof value === 'object' && value !== null && 'value' in value ? value.value : undefined;
  if (typeof token !== 'string') throw failed('an answer without a token');
  return checked(token, target.host);
}

/** Three parts, the second with a subject: what Fulcio will look for. Its signature is for Fulcio to check. */
function checked(token: string, source: string): string {
  const [, claims, ...rest] = token.trim().split('.');
  const unfit = (found: string): OccasioError => new OccasioError({ code: 'usage', cannot: 'use the identity token of', thing: source, found, want: 'an OpenID Connect token (JWT) for the audience sigstore' });
  if (claims === undefined || rest.length !== 1) throw unfit('not three parts');
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder().decode(Uint8Array.from(atob(claims.replaceAll('-', '+').replaceAll('_', '/')), (c) => c.charCodeAt(0))));
  } catch {
    throw unfit('claims that cannot be read');
  }
  if (typeof value !== 'object' || value === null || typeof (value as { readonly sub?: unknown }).sub !== 'string') throw unfit('no subject');
  return token.trim();
}
