/**
 * A process that writes: `writer.mjs <home> <runs> <rows>`. After each fsync it says which run and how many rows of it must
 * now survive anything. Bundled by the tests, because Node 20 does not read TypeScript.
 */
import { writeSync } from 'node:fs';
import { createOps } from '../../host/runtime/node.ts';
import { call, core, openRun } from './support.ts';
import { openHome } from '../../host/ledger/index.ts';

const [path = '', runs = '1', rows = '0'] = process.argv.slice(2);
const home = await openHome(createOps(), core, path);
for (let r = 0; r < Number(runs); r++) {
  const run = await openRun(home);
  writeSync(1, `${run.id} 2\n`);
  for (let n = 0; n < Number(rows); n++) {
    const { seq } = run.append(call(n));
    if (n % 7 !== 0) continue;
    await run.durable();
    writeSync(1, `${run.id} ${seq + 1}\n`);
  }
  await run.close('exit');
}
