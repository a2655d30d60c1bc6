/** The contracts of `Files` and of the machine's facts, observed on the runtime by disk.ts, and the same on all. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createOps } from '../../../host/runtime/node.ts';
import { runtime } from '../../support/command.ts';

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'occasio-disk-')));
let seen: { readonly [contract: string]: unknown };

beforeAll(async () => {
  const script = join(folder, 'disk.mjs');
  await build({ entryPoints: [fileURLToPath(new URL('../disk.ts', import.meta.url))], outfile: script, bundle: true, platform: 'node', format: 'esm', target: 'es2022', logLevel: 'error' });
  const scratch = realpathSync(mkdtempSync(join(folder, 'scratch-')));
  const [program, ...words] = runtime;
  seen = JSON.parse(execFileSync(program, [...words, script, scratch], { encoding: 'utf8', timeout: 30_000 })) as typeof seen;
}, 60_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const circle = 'it is a symbolic link, or its links go in a circle';
const pipe = 'it is a pipe, a socket or a device';

const expected: readonly (readonly [contract: string, observed: unknown])[] = [
  ['read', 'hello'],
  ['read through a link', 'hello'],
  ['read at the limit', 'hello'],
  ['read plain up to 4', 'too-large: more than 4 bytes'],
  ['read folder up to 9', 'not-a-file: it is a folder'],
  ['read pipe up to 9', `not-a-file: ${pipe}`],
  ['read missing up to 9', 'not-found: it does not exist'],
  ['read loop up to 9', `unreadable: ${circle}`],
  ['read plain/below up to 9', 'not-found: a part of its path is no folder'],
  ['read /dev/zero', `not-a-file: ${pipe}`],
  ['read a file of /proc, whose size is 0', true],
  ['create', [true, false, '1', '600']],
  ['create where a dangling link is', [false, false]],
  ['replace', ['3', '600']],
  ['replace a link', [true, false]],
  ['replace in a folder that is not there', 'not-found: it does not exist'],
  ['drafts left behind', []],
  ['append', ['a\n', 'a\nb\n', '600']],
  ['append anew to rows', 'exists: it exists'],
  ['append anew to link', 'exists: it exists'],
  ['append anew to loop', 'exists: it exists'],
  ['append anew to folder', 'exists: it exists'],
  ['append of a megabyte in one write', 1 << 20],
  ['list', [{ name: 'C', kind: 'link' }, { name: 'a', kind: 'folder' }, { name: 'b', kind: 'file' }]],
  ['list more than the limit', 'too-large: more than 2 names'],
  ['list a file', 'not-found: a part of its path is no folder'],
  ['make folders', ['700', '700', '700']],
  ['make a folder where a file is', 'exists: it exists'],
  ['kind of plain', 'file'],
  ['kind of folder', 'folder'],
  ['kind of link', 'link'],
  ['kind of pipe', 'other'],
  ['kind of missing', null],
  ['kind of plain/below', null],
  ['stat', true],
  ['text of the link link', 'plain'],
  ['text of the link plain', null],
  ['text of the link missing', null],
  ['open', [[3, 'ell', 0], true, null]],
  ['open a pipe without waiting', 'other'],
  ['remove', false],
  ['processes', [true, true, false]],
  ['random', [16, false]],
  ['monotonic', true],
];

describe('the disk', () => {
  it.each(expected)('%s', (contract, observed) => expect(seen[contract]).toEqual(observed));

  it('every_contract_that_is_observed_is_expected', () => {
    expect(Object.keys(seen).filter((name) => name !== 'host').sort()).toEqual(expected.map(([name]) => name).sort());
  });
});

describe('this machine', () => {
  it('is_the_same_machine_on_every_runtime', () => {
    const { hostId, bootId, flavour, user } = createOps().host;
    expect(seen['host']).toEqual({ hostId, bootId, flavour, user, home: process.env['HOME'], pid: true });
  });
});
