/** What may lead to another machine or a device is refused by every tool before anything is asked of the disk: attack class D5. */
import { describe, expect, test } from 'vitest';
import { createResolver } from '../../host/gate/resolve.ts';
import { executors } from '../../host/tools/index.ts';
import { loadCore } from '../support/core.ts';
import { fakeDisk } from '../support/disk.ts';

const cwd = 'C:\\work\\app';
const home = 'C:\\Users\\Dev';
const core = loadCore();

const places = ['\\\\server\\share\\x', '//server/share/x', '\\\\?\\C:\\work\\app\\.env', '\\\\.\\PhysicalDrive0', '\\??\\C:\\x', 'file://server/share/x', 'NUL', 'C:\\work\\com1.txt', 'aux.c', 'C:x', '%WHERE%\\x', '$env:WHERE\\x'];

describe.each(places)('%s', (place) => {
  test.each([['builtin:read', { file_path: place }], ['builtin:find', { pattern: '*', path: place }], ['builtin:grep', { pattern: 'x', path: place }]] as const)('%s', async (executor, input) => {
    const asked: string[] = [];
    const ops = fakeDisk('win32', home, {}, asked);
    const { isError, text } = await (executors[executor] as NonNullable<(typeof executors)[string]>)(ops, core, input, { cwd, home, ...createResolver(ops, [cwd], home), allowed: () => true });
    expect([isError, asked]).toEqual([true, []]);
    expect(text).toMatch(/^Cannot use path .*: (?:device-path|drive-relative|unknown-variable)$/);
  });
});
