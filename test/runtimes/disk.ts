/**
 * Run on each runtime by disk.test.ts: what the disk, the clock and the processes of this machine do through `Ops`. Prints one JSON
 * object: name of a contract -> what was observed. Words: an empty folder of its own.
 */
import { execFileSync } from 'node:child_process';
import { linkSync, lstatSync, mkdirSync, readFileSync, readdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createOps } from '../../host/runtime/node.ts';
import { OccasioError } from '../../verifiers/formats/error.ts';

const folder = process.argv[2] ?? '';
const at = (name: string): string => join(folder, name);
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const text = (from: Uint8Array): string => new TextDecoder().decode(from);
const mode = (name: string): string => (lstatSync(at(name)).mode & 0o7777).toString(8);
const ops = createOps();
const { files } = ops;
const seen: { [contract: string]: unknown } = {};

/** The value, or the code of the error in the one form; anything else thrown is named as such. */
async function outcome(ask: () => Promise<unknown>): Promise<unknown> {
  try {
    return await ask();
  } catch (error) {
    return error instanceof OccasioError ? `${error.code}: ${error.parts.found}` : `thrown: ${String(error)}`;
  }
}

async function look(contract: string, ask: () => Promise<unknown>): Promise<void> {
  seen[contract] = await outcome(ask);
}

writeFileSync(at('plain'), 'hello');
mkdirSync(at('folder'));
symlinkSync('plain', at('link'));
symlinkSync('nowhere', at('dangling'));
symlinkSync('loop', at('loop'));
execFileSync('mkfifo', [at('pipe')]);

await look('read', async () => text(await files.read(at('plain'), 100)));
await look('read through a link', async () => text(await files.read(at('link'), 100)));
await look('read at the limit', async () => text(await files.read(at('plain'), 5)));
for (const [name, limit] of [['plain', 4], ['folder', 9], ['pipe', 9], ['missing', 9], ['loop', 9], ['plain/below', 9]] as const) await look(`read ${name} up to ${limit}`, async () => text(await files.read(at(name), limit)));
await look('read /dev/zero', async () => (await files.read('/dev/zero', 10)).length);
await look('read a file of /proc, whose size is 0', async () => (await files.read('/proc/self/status', 100_000)).length > 100);

await look('create', async () => [await files.createExclusive(at('made'), bytes('1')), await files.createExclusive(at('made'), bytes('2')), readFileSync(at('made'), 'utf8'), mode('made')]);
await look('create where a dangling link is', async () => [await files.createExclusive(at('dangling'), bytes('1')), readdirSync(folder).includes('nowhere')]);
await look('replace', async () => (await files.replace(at('made'), bytes('3')), [readFileSync(at('made'), 'utf8'), mode('made')]));
await look('replace a link', async () => (await files.replace(at('dangling'), bytes('4')), [lstatSync(at('dangling')).isFile(), readdirSync(folder).includes('nowhere')]));
await look('replace in a folder that is not there', async () => files.replace(at('missing/made'), bytes('5')));
await look('drafts left behind', async () => readdirSync(folder).filter((name) => name.endsWith('.new')));

await look('append', async () => {
  const file = await files.createAppend(at('rows'));
  file.write(bytes('a\n'));
  const before = readFileSync(at('rows'), 'utf8');
  file.write(bytes('b\n'));
  await Promise.all([file.sync(), file.sync(), file.sync()]);
  await file.close();
  return [before, readFileSync(at('rows'), 'utf8'), mode('rows')];
});
for (const name of ['rows', 'link', 'loop', 'folder']) await look(`append anew to ${name}`, async () => files.createAppend(at(name)));
await look('append of a megabyte in one write', async () => {
  const file = await files.createAppend(at('long'));
  file.write(new Uint8Array(1 << 20).fill(97));
  await file.sync();
  await file.close();
  return lstatSync(at('long')).size;
});

await look('list', async () => (mkdirSync(at('three')), writeFileSync(at('three/b'), ''), mkdirSync(at('three/a')), symlinkSync('b', at('three/C')), files.list(at('three'), 3)));
await look('list more than the limit', async () => files.list(at('three'), 2));
await look('list a file', async () => files.list(at('plain'), 2));
await look('make folders', async () => (await files.makeFolder(at('x/y/z')), await files.makeFolder(at('x/y/z')), [mode('x'), mode('x/y'), mode('x/y/z')]));
await look('make a folder where a file is', async () => files.makeFolder(at('plain')));
for (const name of ['plain', 'folder', 'link', 'pipe', 'missing', 'plain/below']) await look(`kind of ${name}`, async () => (await files.stat(at(name)))?.kind ?? null);
await look('stat', async () => {
  linkSync(at('plain'), at('second'));
  const stat = await files.stat(at('plain'));
  const told = execFileSync('stat', ['-c', '%d:%i %s %h %a %u %Y', at('plain')], { encoding: 'utf8' }).trim();
  return stat !== null && told === `${stat.identity} ${stat.size} ${stat.links} ${stat.mode?.toString(8)} ${stat.owner} ${Math.floor(stat.modified / 1000)}`;
});
for (const name of ['link', 'plain', 'missing']) await look(`text of the link ${name}`, async () => files.readLink(at(name)));

await look('open', async () => {
  const file = await files.open(at('link'));
  renameSync(at('plain'), at('moved'));
  const into = new Uint8Array(3);
  const read = [await file.read(into, 1), text(into), await file.read(into, 5)];
  const where = await file.where();
  execFileSync('rm', [at('moved')]);
  const gone = await file.where();
  await file.close();
  return [read, where === at('moved'), gone];
});
await look('open a pipe without waiting', async () => {
  const file = await files.open(at('pipe'));
  await file.close();
  return file.stat.kind;
});
await look('remove', async () => (await files.remove(at('made')), await files.remove(at('made')), readdirSync(folder).includes('made')));

await look('processes', async () => [ops.alive(process.pid), ops.alive(1), ops.alive(2 ** 22 - 7)]);
await look('random', async () => [ops.random(16).length, text(ops.random(16)) === text(ops.random(16))]);
await look('monotonic', async () => typeof ops.monotonic() === 'number' && ops.monotonic() <= ops.monotonic());
const { hostId, bootId, flavour, home, user, pid } = ops.host;
seen['host'] = { hostId, bootId, flavour, home, user, pid: pid === process.pid };
console.log(JSON.stringify(seen));
