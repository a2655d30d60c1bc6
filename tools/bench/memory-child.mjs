/** `make FILE ROWS` writes a chain; `walk FILE ROWS` walks it and prints the most memory this process ever had, in bytes. */
import { closeSync, openSync, readFileSync, readSync, writeSync } from 'node:fs';

const [, , what, path, rows] = process.argv;
if (what === 'make') await make();
else await walk();

async function make() {
  const { chainLines } = await import('./rows.mjs');
  const file = openSync(path, 'wx');
  let text = '';
  for (const line of chainLines(Number(rows))) {
    text += line;
    if (text.length > 1 << 20) {
      writeSync(file, text);
      text = '';
    }
  }
  writeSync(file, text);
  closeSync(file);
}

async function walk() {
  const { core } = await import('./core.mjs');
  const file = openSync(path, 'r');
  const chain = core.chain({ tree: true });
  const piece = new Uint8Array(1 << 18);
  for (let n = readSync(file, piece); n > 0; n = readSync(file, piece)) chain.write(piece.subarray(0, n));
  const summary = chain.end();
  if (summary.rows !== Number(rows) || summary.departuresTotal !== 0) throw new Error('bug: the chain of the bench is good');
  console.log(peakMemory());
}

function peakMemory() {
  try {
    return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]) * 1024;
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
    // Not Linux.
    return process.resourceUsage().maxRSS * 1024;
  }
}
