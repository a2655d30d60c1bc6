/** `--budget` on the command line: what it takes, what it refuses, and that an agent under it is stopped. */
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readWords } from '../../host/cli/args.ts';
import { claude } from '../../host/cli/claude.ts';
import { newPlace, occasio, type Place } from '../cli/run.ts';
import { createUpstream, say, type Upstream } from '../support/upstream.ts';

let upstream: Upstream;
beforeAll(async () => void (upstream = await createUpstream({ script: [{ ...say('ok'), usage: { input_tokens: 0, output_tokens: 40_000 } }] })));
afterAll(() => upstream.close());

/** A program called `claude` that asks three times and says what it got. */
function agent(place: Place): { readonly PATH: string } {
  const bin = join(place.home, 'bin');
  mkdirSync(bin, { recursive: true });
  const body = JSON.stringify({ model: 'claude-opus-5-5', max_tokens: 1024, messages: [{ role: 'user', content: 'hi' }] });
  const ask = `fetch(process.env.ANTHROPIC_BASE_URL + '/v1/messages', { method: 'POST', headers: { 'content-type': 'application/json', 'x-api-key': 'k', 'anthropic-version': '2023-06-01' }, body: ${JSON.stringify(body)} })`;
  writeFileSync(join(bin, 'claude'), `#!${process.execPath}\n(async () => { for (let i = 0; i < 3; i++) { const r = await ${ask}; console.log(r.status, r.status === 402 ? await r.text() : ''); } process.exit(5); })();\n`);
  chmodSync(join(bin, 'claude'), 0o755);
  return { PATH: `${bin}${delimiter}${process.env['PATH'] ?? ''}` };
}

describe('--budget', () => {
  it.each([
    [['--budget', '5', '-p', 'x'], '5', ['-p', 'x']],
    [['--budget=0.25', '--preset', 'off', '--', '--budget'], '0.25', ['--budget']],
    [['-p', 'x', '--budget', '5'], undefined, ['-p', 'x', '--budget', '5']],
  ])('is_ours_before_the_first_word_of_the_agent: %j', (args, value, rest) => {
    const given = readWords('claude', args, claude);
    expect([given.values.get('budget'), given.rest]).toEqual([value, rest]);
  });

  it.each(['0', 'five', '1e3', '-1', '0.0000001', '99999999999', ''])('%j_is_wrong_use_with_the_next_step', async (value) => {
    for (const command of ['claude', 'proxy']) {
      const ran = await occasio(newPlace(), [command, `--budget=${value}`]);
      expect([ran.code, ran.out]).toEqual([2, '']);
      expect(ran.err).toMatch(/--budget .*no amount of dollars\. Use one above 0 like 5 or 0\.25/);
    }
  });

  it('stops_the_agent_says_so_and_leaves_its_exit_code', async () => {
    const place = newPlace();
    const ran = await occasio(place, ['claude', '--upstream', upstream.url, '--budget', '1', 'go'], { env: agent(place) });
    expect(ran.out).toMatch(/^200 \n200 \n402 .*the budget of \$1\.00 is spent \(\$1\.60\)/);
    expect(ran.err).toMatch(/80 % of the budget of \$1\.00 is spent \(\$0\.80\)\n/);
    expect(ran.err).toMatch(/0 tool calls \(0 passed, 0 blocked\), \$1\.60 spent\. Check the record/);
    expect(ran.code).toBe(5);
  });
});
