/** The demo's door to this machine: real files, real bash, a real port. */
import { execFile } from 'node:child_process';
import { mkdir, readFile, rename, symlink, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Stage } from '../demo/stage.ts';
import type { Ops } from '../ops.ts';
import { listen } from '../runtime/serve.ts';

const SHELL_MS = 20_000;

export function createStage(ops: Ops, project: string, policyPath: string): Stage {
  return {
    project,
    policyPath,
    async write(path, text) {
      await mkdir(dirname(path), { recursive: true });
      // In one step, as editors do, so that a reader never sees half a policy.
      await writeFile(`${path}.new`, text, { mode: 0o600 });
      await rename(`${path}.new`, path);
    },
    async link(target, path) {
      await mkdir(dirname(path), { recursive: true });
      await symlink(target, path);
    },
    readText: (path) => readFile(path, 'utf8'),
    shell: (command) =>
      new Promise((resolve) => {
        execFile('bash', ['-c', command], { cwd: project, timeout: SHELL_MS }, (error, stdout, stderr) => {
          resolve({ text: stdout + stderr + (error !== null && stdout + stderr === '' ? error.message : ''), failed: error !== null });
        });
      }),
    async listen(answer) {
      const listening = await listen(answer, 0);
      return { url: `http://127.0.0.1:${listening.port}`, close: () => listening.close() };
    },
    random: (bytes) => ops.random(bytes),
  };
}
