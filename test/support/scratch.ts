/**
 * In every test process: HOME and OCCASIO_HOME point into a scratch folder, and nothing of the caller's environment
 * steers the agent or the colours. Processes that a test starts inherit this.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';

const scratch = mkdtempSync(join(tmpdir(), 'occasio-test-'));
process.env['HOME'] = scratch;
process.env['USERPROFILE'] = scratch;
process.env['OCCASIO_HOME'] = join(scratch, '.occasio');
for (const name of Object.keys(process.env)) {
  if (/^(ANTHROPIC_|CLAUDE_|CLAUDECODE$|NO_COLOR$|FORCE_COLOR$)/.test(name)) delete process.env[name];
}

afterAll(() => rmSync(scratch, { recursive: true, force: true }));
