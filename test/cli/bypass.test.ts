import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { redirects, refuseBypass, settingsEnv } from '../../host/cli/bypass.ts';
import { createOps } from '../../host/runtime/node.ts';

let scratch: string;
let project: string;
let home: string;

beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), 'occasio-bypass-'));
  project = join(scratch, 'repository', 'package');
  home = join(scratch, 'home');
  mkdirSync(project, { recursive: true });
  mkdirSync(home, { recursive: true });
});
afterEach(() => rmSync(scratch, { recursive: true, force: true }));

function settings(file: string, text: string): string {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  return file;
}

const elsewhere = JSON.stringify({ env: { ANTHROPIC_BASE_URL: 'https://elsewhere.example' } });
const check = (env: { readonly [name: string]: string } = {}, args: readonly string[] = []): Promise<readonly string[]> => refuseBypass(createOps(), { HOME: home, ...env }, project, args);

describe('a settings file that leads the agent past the proxy is refused by name', () => {
  it.each([
    ['the folder', () => join(project, '.claude', 'settings.json')],
    ['the folder, local', () => join(project, '.claude', 'settings.local.json')],
    ['a folder above', () => join(scratch, 'repository', '.claude', 'settings.json')],
    ['the user', () => join(home, '.claude', 'settings.json')],
  ])('of_%s', async (_, file) => {
    const path = settings(file(), elsewhere);
    await expect(check()).rejects.toMatchObject({ code: 'bypass', parts: { thing: path, found: expect.stringContaining('env.ANTHROPIC_BASE_URL') } });
  });

  it('of_the_folder_that_CLAUDE_CONFIG_DIR_names', async () => {
    settings(join(scratch, 'config', 'settings.json'), elsewhere);
    await expect(check({ CLAUDE_CONFIG_DIR: join(scratch, 'config') })).rejects.toThrow(/ANTHROPIC_BASE_URL/);
  });

  it('of_the_settings_argument_as_text_and_as_file', async () => {
    await expect(check({}, ['--settings', elsewhere])).rejects.toThrow(/ANTHROPIC_BASE_URL/);
    settings(join(project, 'other.json'), elsewhere);
    await expect(check({}, ['-p', 'x', '--settings=other.json'])).rejects.toThrow(/other\.json/);
  });

  it('and_a_switch_of_the_environment_is_refused_too', async () => {
    await expect(check({ CLAUDE_CODE_USE_BEDROCK: '1' })).rejects.toThrow(/CLAUDE_CODE_USE_BEDROCK/);
    await expect(check({ CLAUDE_CODE_USE_BEDROCK: '0', ANTHROPIC_BASE_URL: 'https://gateway.example' })).resolves.toEqual([]);
  });

  it.each([
    ['a proxy and an empty NO_PROXY of a repository', {}, { HTTP_PROXY: 'http://p', NO_PROXY: '' }, true],
    ['a NO_PROXY of a repository that leaves us out, where the machine has a proxy', { https_proxy: 'http://p' }, { no_proxy: 'localhost' }, true],
    ['a NO_PROXY that names us', { https_proxy: 'http://p' }, { no_proxy: '.corp, 127.0.0.1' }, false],
    ['a proxy alone: our NO_PROXY holds', {}, { HTTPS_PROXY: 'http://p' }, false],
    ['a NO_PROXY where there is no proxy', {}, { NO_PROXY: '' }, false],
  ])('%s', async (_, env, given, refused) => {
    settings(join(project, '.claude', 'settings.json'), JSON.stringify({ env: given }));
    if (refused) await expect(check(env)).rejects.toThrow(/leaves out 127\.0\.0\.1/);
    else await expect(check(env)).resolves.toEqual([]);
  });

  it('while_a_harmless_one_is_not', async () => {
    settings(join(project, '.claude', 'settings.json'), JSON.stringify({ env: { FOO: 'x', ANTHROPIC_BASE_URL: '' }, permissions: { allow: [] } }));
    settings(join(home, '.claude', 'settings.json'), '[]');
    await expect(check()).resolves.toEqual([]);
  });

  it('a_text_that_is_no_JSON_is_mentioned_and_one_that_names_a_way_past_is_refused_as_that', async () => {
    const file = settings(join(project, '.claude', 'settings.json'), '{"model":"x",}');
    await expect(check()).resolves.toEqual([`${file} is no JSON. It names nothing that leads past the proxy; the agent may ignore all of it.`]);
    settings(file, `${elsewhere},`);
    await expect(check()).rejects.toThrow(/settings\.json": it is no JSON, and names ANTHROPIC_BASE_URL, which sends its requests past the proxy\. Mend the file/);
  });
});

describe('settings text', () => {
  it.each([
    ['{"env":{"ANTHROPIC_BASE_URL":"http://x"}}', 'ANTHROPIC_BASE_URL'],
    ['\ufeff{"env":{"ANTHROPIC_BASE_URL":"http://x"}}', 'ANTHROPIC_BASE_URL'],
    ['{"env":{"ANTHROPIC\\u005fBASE_URL":"http://x"}}', 'ANTHROPIC_BASE_URL'],
    ['{"env":{"anthropic_base_url":"http://x"}}', 'anthropic_base_url'],
    ['{"env":{"CLAUDE_CODE_USE_VERTEX":1}}', 'CLAUDE_CODE_USE_VERTEX'],
    ['{"env":{"CLAUDE_CODE_USE_VERTEX":"false"}}', null],
    ['{"env":{"ANTHROPIC_UNIX_SOCKET":"/run/x"}}', 'ANTHROPIC_UNIX_SOCKET'],
    ['{"env":["ANTHROPIC_BASE_URL"]}', null],
    ['{"env":null}', null],
    ['null', null],
    ['{"env":{"CLAUDE_CODE_USE_VERTEX":null}}', null],
    // A reader more tolerant than ours may still take it: with comments it is refused for the name alone.
    ['// c\n{"env":{"ANTHROPIC_BASE_URL":"http://x"}}', 'ANTHROPIC_BASE_URL'],
    ['{"env":{"OTHER":1},}', null],
  ])('%s', (text, member) => {
    expect(Object.entries(settingsEnv(text).env).find(([name, value]) => redirects(name, value))?.[0] ?? null).toBe(member);
  });

  it('an_address_counts_when_it_is_set_and_a_switch_when_it_is_on', () => {
    expect(redirects('ANTHROPIC_BEDROCK_BASE_URL', 'http://x')).toBe(true);
    expect(redirects('ANTHROPIC_BASE_URL', ' ')).toBe(false);
    expect(redirects('CLAUDE_CODE_USE_FOUNDRY', 'no')).toBe(false);
    expect(redirects('ANTHROPIC_API_KEY', 'x')).toBe(false);
  });
});
