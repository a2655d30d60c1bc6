/** The real `Ops` with another home, and what is asked of the disk counted by name. */
import type { Files, Ops } from '../../host/ops.ts';
import { createOps } from '../../host/runtime/node.ts';

export function diskOps(home: string, calls: { [name: string]: number } = {}): Ops {
  const real = createOps();
  const counted = (name: string): void => void (calls[name] = (calls[name] ?? 0) + 1);
  const files: Files = {
    ...real.files,
    list: (path, limit) => (counted('list'), real.files.list(path, limit)),
    stat: (path) => (counted('stat'), real.files.stat(path)),
    readLink: (path) => (counted('readLink'), real.files.readLink(path)),
    open: (path) => (counted('open'), real.files.open(path)),
  };
  return { ...real, host: { ...real.host, home, flavour: 'posix' }, files };
}
