import { readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { explain as command } from '../../host/cli/explain.ts';
import { setScene } from '../../host/demo/scene.ts';
import { call, fakeIo } from './io.ts';
import { newPlace, occasio, type Place } from './run.ts';

interface Explained {
  readonly action: string;
  readonly reason: string;
  readonly rule: string | null;
  readonly sentence: string;
  readonly judged: { readonly paths?: readonly { readonly resolved: readonly string[] }[] };
}

/** In this process, where the policy's automata are built once. */
async function said(place: Place, ...args: readonly string[]): Promise<string> {
  const { io, out } = fakeIo({ OCCASIO_HOME: place.occasioHome, HOME: place.home }, false, 80, place.cwd);
  expect(await call(command, args, io)).toBe(0);
  return out();
}

async function explain(place: Place, ...args: readonly string[]): Promise<Explained> {
  return JSON.parse(await said(place, ...args, '--json')) as Explained;
}

function project(): Place {
  const place = newPlace();
  writeFileSync(join(place.cwd, '.env'), 'A=1\n');
  writeFileSync(join(place.cwd, 'README.md'), 'words\n');
  symlinkSync('.env', join(place.cwd, 'innocent.txt'));
  return place;
}

describe('occasio explain', () => {
  it.each([
    ['Read', '{"file_path":"README.md"}', 'PASS'],
    ['Read', '{"file_path":".env"}', 'BLOCK'],
    ['Read', '{"file_path":"innocent.txt"}', 'BLOCK'],
    ['Read', '{"file_path":"x/../.env"}', 'BLOCK'],
    ['Bash', 'cat .env', 'BLOCK'],
    ['Bash', '{"command":"cat .env"}', 'BLOCK'],
    ['Bash', 'wc -l < innocent.txt', 'BLOCK'],
    ['Bash', 'echo "a', 'BLOCK'],
    ['Bash', '123', 'PASS'],
    ['Bash', 'git status', 'PASS'],
    ['Read', '{}', 'BLOCK'],
    ['occasio_denied__x', '{}', 'BLOCK'],
  ])('%s_%s_is_%s_under_the_built_in_policy', async (tool, input, action) => {
    expect((await explain(project(), tool, input)).action).toBe(action);
  });

  it('says_action_reason_rule_and_where_the_path_leads', async () => {
    const place = project();
    const out = await said(place, 'Read', '{"file_path":"innocent.txt"}');
    expect(out).toMatch(/^BLOCK {2}path-denied: .+\.\n/);
    expect(out).toMatch(/\nrule {6}deny_paths\[\d+\] .*\.env/);
    expect(out).toContain(`${place.cwd}/.env`);
    expect(out).toMatch(/\npolicy {4}built-in dev-default, sha256 [0-9a-f]{16}\n$/);
  });

  it('takes_another_policy_another_folder_and_a_preset', async () => {
    const place = project();
    writeFileSync(join(place.cwd, 'p.yml'), 'version: 1\ndeny_paths: [README.md]\n');
    expect(await explain(place, 'Read', '{"file_path":"README.md"}', '--policy', 'p.yml')).toMatchObject({ action: 'BLOCK', rule: expect.stringContaining('README.md') });
    expect((await explain(place, 'Read', '{"file_path":"../x"}', '--cwd', 'deep/er')).judged.paths?.[0]?.resolved).toContain(join(place.cwd, 'deep', 'x'));
    expect((await explain(place, 'Bash', 'node x.js')).action).toBe('PASS');
    expect((await explain(place, 'Bash', 'node x.js', '--preset', 'strict')).action).toBe('BLOCK');
    expect((await explain(place, 'Read', '{"file_path":".env"}', '--preset', 'off')).action).toBe('PASS');
  });

  it.each([
    [['Read'], /INPUT is missing/],
    [[], /TOOL is missing\. For example: occasio explain Bash 'cat \.env'/],
    [['Read', '.env'], /the input is no JSON/],
    [['Read', '[]'], /no JSON object/],
    [['Read', '{}', '--policy', 'absent.yml'], /no such file/],
    [['Read', '{}', '--presett', 'off'], /Did you mean "--preset"\?/],
  ])('%j_is_wrong_use', async (args, message) => {
    const ran = await occasio(project(), ['explain', ...args]);
    expect([ran.code, ran.out]).toEqual([2, '']);
    expect(ran.err).toMatch(message);
  });

  it('runs_nothing_and_records_nothing', async () => {
    const place = project();
    await explain(place, 'Bash', `touch ${place.cwd}/made`);
    expect(() => readFileSync(join(place.cwd, 'made'))).toThrow(/ENOENT/);
    expect(() => readFileSync(place.occasioHome)).toThrow(/ENOENT/);
  });

  it('a_terminal_is_shown_no_control_character_of_the_input', async () => {
    const out = await said(project(), 'Read', JSON.stringify({ file_path: 'a\u001b[31m\u202eb' }));
    expect(out).not.toMatch(/[\u001b\u202e]/);
    expect(out).toContain('\\u{1b}');
  });

  it('says_what_the_gate_decided_for_every_call_of_the_demo', async () => {
    const ran = await occasio(newPlace(), ['demo', '--json']);
    const report = JSON.parse(ran.out) as { readonly home: string; readonly project: string; readonly decisions: readonly { readonly direction: string; readonly action: string; readonly reason: string; readonly rule: string | null; readonly tool_use_id: string }[] };
    const stage = { project: report.project, policyPath: '', random: (n: number): Uint8Array => new Uint8Array(n), write: async () => undefined, link: async () => undefined };
    const { turns } = await setScene(stage as unknown as Parameters<typeof setScene>[0]);
    const place = { ...newPlace(), cwd: report.project, occasioHome: report.home };
    const calls = turns.flatMap((t) => t.calls).filter((c) => !c.asked.includes('roadmap'));
    for (const call of calls) {
      const recorded = report.decisions.find((d) => d.tool_use_id === call.id && d.direction === 'inbound');
      const { action, reason, rule } = await explain(place, call.name, JSON.stringify(call.input));
      expect({ action, reason, rule }).toEqual({ action: recorded?.action, reason: recorded?.reason, rule: recorded?.rule });
    }
  }, 30_000);
});
