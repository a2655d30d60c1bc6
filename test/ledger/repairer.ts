/**
 * A process that repairs and kills itself: `repairer.mjs <home> <file or -> <step>`. A step is a change of the disk; the process ends by
 * SIGKILL right before the step of that number (from 0), and with 0 where it needs fewer. Bundled by the tests.
 */
import { repairFile, repairIndex } from '../../host/ledger/index.ts';
import type { AppendFile, Files } from '../../host/ops.ts';
import { createOps } from '../../host/runtime/node.ts';
import { core } from './support.ts';

const [path = '', file = '-', last = '0'] = process.argv.slice(2);
let step = 0;
const before = (): void => {
  if (step++ === Number(last)) process.kill(process.pid, 'SIGKILL');
};

const real = createOps();
const append = (to: AppendFile): AppendFile => ({ ...to, write: (bytes) => (before(), to.write(bytes)), sync: () => (before(), to.sync()) });
const files: Files = {
  ...real.files,
  replace: (at, bytes) => (before(), real.files.replace(at, bytes)),
  createExclusive: (at, bytes) => (before(), real.files.createExclusive(at, bytes)),
  createAppend: async (at) => (before(), append(await real.files.createAppend(at))),
  link: (at, name) => (before(), real.files.link(at, name)),
  move: (at, to) => (before(), real.files.move(at, to)),
  remove: (at) => (before(), real.files.remove(at)),
};
const ops = { ...real, files };
if (file === '-') await repairIndex(ops, core, path);
else await repairFile(ops, core, path, file);
