/** A scratch tree and the context a gate would give: deny rules as plain globs over every spelling. */
import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Core } from '../../core-wasm/core.ts';
import { plainRepository } from '../../host/gate/repository.ts';
import { createResolver } from '../../host/gate/resolve.ts';
import type { Ops } from '../../host/ops.ts';
import { executors } from '../../host/tools/index.ts';
import type { Limits, LocalContext, LocalResult } from '../../host/tools/local.ts';
import { loadCore } from '../support/core.ts';
import { diskOps } from '../support/ops.ts';

export interface Bench {
  readonly top: string;
  readonly home: string;
  readonly cwd: string;
  readonly ops: Ops;
  readonly core: Core;
  /** Files with their contents, relative to cwd unless absolute; each a second newer than the one before. */
  put(files: { readonly [path: string]: string | Uint8Array }): void;
  context(denied: readonly RegExp[], limits?: Partial<Limits>): LocalContext;
  run(executor: string, input: { readonly [name: string]: unknown }, denied?: readonly RegExp[], limits?: Partial<Limits>): Promise<LocalResult>;
  end(): void;
}

let time = 1_700_000_000;

/** `quick`: in memory where the system has such a place, for trees whose making would take longer than the test. */
export function openBench(quick = false): Bench {
  const place = quick && existsSync('/dev/shm') ? '/dev/shm' : tmpdir();
  const top = realpathSync(mkdtempSync(join(place, 'occasio-tools-')));
  const home = join(top, 'home');
  const cwd = join(home, 'app');
  mkdirSync(cwd, { recursive: true });
  const ops = diskOps(home);
  const core = loadCore();
  const context = (denied: readonly RegExp[], limits: Partial<Limits> = {}): LocalContext => ({
    cwd,
    home,
    ...createResolver(ops, [cwd], home),
    allowed: (spellings) => !spellings.some((spelling) => denied.some((rule) => rule.test(spelling))),
    limits,
    repository: (folder) => plainRepository(ops, folder),
  });
  return {
    top, home, cwd, ops, core, context,
    put(files) {
      for (const [path, content] of Object.entries(files)) {
        const full = path.startsWith('/') ? path : join(cwd, path);
        mkdirSync(dirname(full), { recursive: true });
        writeFileSync(full, content);
        utimesSync(full, time, time);
        time++;
      }
    },
    run(executor, input, denied = [], limits = {}) {
      const run = executors[executor];
      if (run === undefined) throw new Error(`no executor ${executor}`);
      return run(ops, core, input, context(denied, limits));
    },
    end: () => rmSync(top, { recursive: true, force: true }),
  };
}
