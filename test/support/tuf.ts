/**
 * A repository of The Update Framework on loopback, its metadata made and signed here (Ed25519 over canonical JSON), with consistent
 * snapshots as Sigstore's has. What is published may be anything: tests edit it before it is signed, or after.
 */
import { createHash, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface TufKey {
  readonly id: string;
  readonly privateKey: KeyObject;
  readonly public: object;
}

export function tufKey(): TufKey {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const described = { keytype: 'ed25519', scheme: 'ed25519', keyval: { public: publicKey.export({ format: 'der', type: 'spki' }).subarray(12).toString('hex') } };
  return { id: sha256(canonical(described)), privateKey, public: described };
}

export type Role = 'root' | 'timestamp' | 'snapshot' | 'targets';
export type Keys = { readonly [R in Role]: TufKey };
export const tufKeys = (): Keys => ({ root: tufKey(), timestamp: tufKey(), snapshot: tufKey(), targets: tufKey() });

export interface Release {
  readonly version: number;
  readonly keys: Keys;
  readonly target: Uint8Array;
  /** Who signs in the place of the role's key. */
  readonly signer?: Partial<Keys>;
  /** ISO 8601, whole seconds. */
  readonly expires?: { readonly [R in Role]?: string };
  /** Files as published, after signing. */
  readonly edit?: (files: Map<string, Uint8Array>) => void;
}

export interface TufRepository {
  readonly url: string;
  readonly files: Map<string, Uint8Array>;
  readonly asked: string[];
  readonly close: () => Promise<void>;
}

const sha256 = (data: string | Uint8Array): string => createHash('sha256').update(data).digest('hex');
const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const LATER = '2099-01-01T00:00:00Z';

/** OLPC canonical JSON; the values here have no strings that need more than JSON's own escapes. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  return `{${Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, member]) => `${JSON.stringify(name)}:${canonical(member)}`).join(',')}}`;
}

export function signed(body: object, signers: readonly TufKey[]): Uint8Array {
  const text = canonical(body);
  return utf8(JSON.stringify({ signed: body, signatures: signers.map(({ id, privateKey }) => ({ keyid: id, sig: sign(null, utf8(text), privateKey).toString('hex') })) }));
}

export function rootOf(version: number, keys: Keys, signers: readonly TufKey[] = [keys.root], expires = LATER): Uint8Array {
  const roles = Object.fromEntries((Object.keys(keys) as Role[]).map((role) => [role, { keyids: [keys[role].id], threshold: 1 }]));
  const all = Object.fromEntries(Object.values(keys).map((key) => [key.id, key.public]));
  return signed({ _type: 'root', spec_version: '1.0', version, expires, consistent_snapshot: true, keys: all, roles }, signers);
}

/** Everything but roots. */
export function publish({ files }: TufRepository, { version, keys, target, signer = {}, expires = {}, edit }: Release): void {
  const by = (role: Role): TufKey[] => [signer[role] ?? keys[role]];
  const common = (role: Role): object => ({ _type: role, spec_version: '1.0', version, expires: expires[role] ?? LATER });
  const targets = signed({ ...common('targets'), targets: { 'trusted_root.json': { length: target.length, hashes: { sha256: sha256(target) } } } }, by('targets'));
  const snapshot = signed({ ...common('snapshot'), meta: { 'targets.json': { version, length: targets.length, hashes: { sha256: sha256(targets) } } } }, by('snapshot'));
  files.set('/timestamp.json', signed({ ...common('timestamp'), meta: { 'snapshot.json': { version, length: snapshot.length, hashes: { sha256: sha256(snapshot) } } } }, by('timestamp')));
  files.set(`/${version}.snapshot.json`, snapshot);
  files.set(`/${version}.targets.json`, targets);
  files.set(`/targets/${sha256(target)}.trusted_root.json`, target);
  edit?.(files);
}

export async function startTuf(): Promise<TufRepository> {
  const files = new Map<string, Uint8Array>();
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    const bytes = files.get(request.url ?? '');
    response.writeHead(bytes === undefined ? 404 : 200).end(bytes);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, files, asked, close: () => new Promise((resolve) => void (server.closeAllConnections(), server.close(() => resolve()))) };
}
