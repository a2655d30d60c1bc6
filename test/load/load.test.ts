/** The short form of `npm run load`. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const seconds = process.env['OCCASIO_LOAD_SECONDS'] ?? '25';
const program = fileURLToPath(new URL('../../tools/load/main.mjs', import.meta.url));

it(`32_conversations_at_once_lose_no_row_and_grow_nothing (${seconds} s)`, () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, '--seconds', seconds], { encoding: 'utf8' });
  console.log(stdout);
  expect([status, stderr], stdout).toEqual([0, '']);
}, Number(seconds) * 1000 + 120_000);
