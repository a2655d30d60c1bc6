/**
 * A disk in memory that looks names up as a flavour does: letter case, Unicode form, short names, streams, trailing dots. What
 * no path rule may ever ask it (another machine, a device) throws, and so fails the test.
 */
import { OccasioError } from '../../verifiers/formats/error.ts';
import type { Entry, Files, Ops, Stat } from '../../host/ops.ts';
import type { Flavour } from '../../host/policy/types.ts';
import { createOps } from '../../host/runtime/node.ts';

/** `to`: a link, and its text. `short`: the name that the system gave besides. `same`: files of the same word are one. */
export interface Node {
  readonly to?: string;
  readonly short?: string;
  readonly same?: string;
}

interface Standing extends Node {
  readonly kind: 'file' | 'folder' | 'link';
  readonly identity: string;
}

const fold: { readonly [flavour in Flavour]: (name: string) => string } = {
  posix: (name) => name,
  darwin: (name) => name.normalize('NFD').toLowerCase().replace(/[\u200b-\u200f\ufeff]/g, ''),
  win32: (name) => name.replace(/:.*$/s, '').replace(/[. ]+$/, '').replace(/[a-z\u00e0-\u017e\uff41-\uff5a]/g, (c) => c.toUpperCase()),
};

/** Files by absolute path; the folders above them are there as well. */
export function fakeDisk(flavour: Flavour, home: string, files: { readonly [path: string]: Node }, asked: string[] = []): Ops {
  const separator = flavour === 'win32' ? '\\' : '/';
  const standing = new Map<string, Map<string, Standing & { readonly name: string }>>();
  const partsOf = (path: string): string[] => path.split(flavour === 'win32' ? /[\\/]/ : '/').filter((part) => part !== '');
  const key = (parts: readonly string[]): string => parts.map(fold[flavour]).join('/');
  const put = (parts: readonly string[], node: Node, kind: Standing['kind']): void => {
    const folder = standing.get(key(parts.slice(0, -1))) ?? new Map<string, Standing & { readonly name: string }>();
    standing.set(key(parts.slice(0, -1)), folder);
    const name = parts.at(-1) ?? '';
    if (!folder.has(fold[flavour](name))) folder.set(fold[flavour](name), { ...node, name, kind, identity: node.same ?? `1:${parts.join('/')}` });
    if (kind === 'folder' && !standing.has(key(parts))) standing.set(key(parts), new Map());
  };
  for (const [path, node] of Object.entries(files)) {
    const parts = partsOf(path);
    for (let i = 1; i < parts.length; i++) put(parts.slice(0, i), {}, 'folder');
    put(parts, node, node.to === undefined ? 'file' : 'link');
  }
  const look = (path: string): (Standing & { readonly name: string }) | null => {
    asked.push(path);
    if (flavour === 'win32' && !/^[A-Z]:\\(?!.*(?:^|\\)(?:con|nul|com\d)(?:[.:\\]|$))/is.test(path)) throw new Error(`the disk was asked for ${path}`);
    let at: readonly string[] = [];
    let found: (Standing & { readonly name: string }) | null = null;
    for (const part of partsOf(path)) {
      const folder = standing.get(key(at));
      const name = fold[flavour](part);
      found = folder?.get(name) ?? [...(folder?.values() ?? [])].find((node) => node.short !== undefined && fold[flavour](node.short) === name) ?? null;
      if (found === null) return null;
      at = [...at, found.name];
    }
    return found;
  };
  const stat = (path: string): Stat | null => {
    const found = partsOf(path).length === (flavour === 'win32' ? 1 : 0) ? { kind: 'folder' as const, identity: 'root', same: undefined } : look(path);
    if (found === null) return null;
    const links = found.same === undefined ? 1 : Object.values(files).filter((node) => node.same === found.same).length;
    return { kind: found.kind, size: 0, mode: null, owner: null, group: null, blocks: 0, special: null, links, identity: found.identity, modified: 0 };
  };
  const list = (path: string): readonly Entry[] => {
    const node = stat(path);
    if (node?.kind !== 'folder') throw new OccasioError({ code: 'not-found', cannot: 'list', thing: path, found: 'it is not there' });
    return [...(standing.get(key(partsOf(path))) ?? [])].map(([, { name, kind }]) => ({ name, kind })).sort((a, b) => (a.name < b.name ? -1 : 1));
  };
  const real = createOps();
  const never = (): never => {
    throw new Error(`this disk only looks, with ${separator}`);
  };
  const fake: Files = { ...real.files, stat: async (path) => stat(path), list: async (path) => list(path), readLink: async (path) => look(path)?.to ?? null, open: never, read: never };
  return { ...real, host: { ...real.host, home, flavour }, files: fake };
}
