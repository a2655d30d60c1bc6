import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { environment, newPlace, occasio, runner } from './run.ts';
import { lacking } from '../support/lacking.ts';

describe('the program', () => {
  it('without_a_command_says_what_there_is_on_stderr_and_exits_2', async () => {
    const ran = await occasio(newPlace(), []);
    expect([ran.code, ran.out]).toEqual([2, '']);
    for (const name of ['demo', 'init', 'claude', 'proxy', 'policy', 'explain', 'status', 'audit', 'canonicalize', 'help']) expect(ran.err).toMatch(new RegExp(`^  ${name} `, 'm'));
  });

  it.each([[['help']], [['--help']], [['-h']]])('%j_says_it_on_stdout_and_exits_0', async (args) => {
    const ran = await occasio(newPlace(), args);
    expect([ran.code, ran.err]).toEqual([0, '']);
    expect(ran.out).toMatch(/Usage: occasio <command>/);
  });

  it.each([
    [['demmo'], /no such command.*Did you mean "demo"\?/],
    [['frobnicate'], /no such command.*occasio help/],
    [['--verbose'], /no such option/],
    [['help', 'cluade'], /Cannot run "cluade": no such command\. Did you mean "claude"\? See: occasio help$/m],
    [['policy', 'valdate'], /Did you mean "validate"\?/],
    [['policy'], /Use init, validate or show/],
    [['audit'], /needs an action\. Use verify or repair\. See: occasio help audit$/m],
    [['audit', 'verify', '--al'], /Did you mean "--all"\?/],
    [['audit', 'verify', '--all', 'x'], /no run beside it/],
    [['init', 'x'], /one word too many/],
    [['init', '--template', 'lax'], /dev-default, strict, finance or local-first/],
    [['canonicalize', '--profile', 'xml'], /Use jcs or row/],
    [['canonicalize', 'absent.json'], /absent\.json/],
    [['canonicalize', '.'], /Cannot read/],
    [['demo', 'x'], /one word too many/],
  ])('%j_is_wrong_use_with_the_next_step', async (args, message) => {
    const ran = await occasio(newPlace(), args);
    expect([ran.code, ran.out]).toEqual([2, '']);
    expect(ran.err).toMatch(message);
    expect(ran.err.trimEnd().split('\n')).toHaveLength(1);
    expect(ran.err).not.toContain('    at ');
    const json = await occasio(newPlace(), [...args, '--json']);
    expect(json.code).toBe(2);
    expect(JSON.parse(json.out)).toMatchObject({ error: { code: expect.any(String), found: expect.any(String) } });
  });

  it('shows_no_control_character_of_a_word', async () => {
    const ran = await occasio(newPlace(), ['\u001b]0;title\u0007']);
    expect(ran.err).not.toMatch(/[\u001b\u0007]/);
  });

  it('a_reader_that_leaves_early_is_no_fault', async () => {
    const place = newPlace();
    writeFileSync(join(place.cwd, 'big.json'), JSON.stringify(Array.from({ length: 300_000 }, (_, i) => i)));
    const { execFile } = await import('node:child_process');
    const said = await new Promise<string>((done) => execFile('sh', ['-c', '"$@" canonicalize big.json | head -c 5', 'sh', ...runner], { cwd: place.cwd }, (_, out, err) => done(out + err)));
    expect(said).toBe('[0,1,');
  });
});

describe('canonicalize', () => {
  it.each([
    ['{"b":1,"a":2.50,"c":1e2}', ['canonicalize'], '{"a":2.5,"b":1,"c":100}'],
    ['{"b":1, "a":2}', ['canonicalize', '--profile', 'row', '-'], '{"b":1,"a":2}'],
    ['"\\u00e9"', ['canonicalize'], '"é"'],
  ])('%s', async (stdin, args, out) => {
    expect(await occasio(newPlace(), args, { stdin })).toMatchObject({ code: 0, out, err: '' });
  });

  it.each([
    ['{"a":1,"a":2}', 'jcs', 'duplicate-name'],
    ['{"a":1.5}', 'row', 'number-form'],
    ['{"a":1}\nx', 'jcs', 'trailing'],
    ['', 'jcs', 'empty'],
  ])('refuses_%s_under_%s_with_code_and_place', async (stdin, profile, code) => {
    const place = newPlace();
    const ran = await occasio(place, ['canonicalize', '--profile', profile], { stdin });
    expect([ran.code, ran.out]).toEqual([1, '']);
    expect(ran.err).toMatch(new RegExp(`^occasio: Cannot canonicalize "standard input": .* \\(${code}\\) at byte \\d+, line \\d+, column \\d+\n$`));
    expect(JSON.parse((await occasio(place, ['canonicalize', '--profile', profile, '--json'], { stdin })).out)).toMatchObject({ ok: false, code, error: { code: 'json' } });
  });

  it('a_text_of_10000_arrays_is_answered', async () => {
    const ran = await occasio(newPlace(), ['canonicalize'], { stdin: '['.repeat(10_000) + ']'.repeat(10_000) });
    expect([ran.code, ran.err]).toEqual([1, expect.stringMatching(/too many levels \(depth\)/)]);
  });

  it('bytes_that_are_no_text_are_refused_and_not_printed', async () => {
    const ran = await occasio(newPlace(), ['canonicalize'], { stdin: new Uint8Array([0x22, 0xff, 0x1b, 0x22]) });
    expect([ran.code, ran.out, ran.err]).toEqual([1, '', expect.stringMatching(/\(utf8\) at byte 1/)]);
  });
});

describe('init and policy', () => {
  it('writes_home_and_policy_for_the_user_alone_and_keeps_what_is_there', async () => {
    const place = newPlace();
    const first = await occasio(place, ['init', '--json']);
    const path = join(place.occasioHome, 'policy.yml');
    expect(JSON.parse(first.out)).toEqual({ home: place.occasioHome, policy: path, template: 'dev-default', written: true });
    expect([statSync(path).mode & 0o777, statSync(place.occasioHome).mode & 0o777]).toEqual([0o600, 0o700]);
    writeFileSync(path, 'version: 1\n');
    expect((await occasio(place, ['init'])).out).toMatch(/^Kept /);
    const again = await occasio(place, ['policy', 'init']);
    expect([again.code, again.err]).toEqual([2, expect.stringMatching(/there already.*--force/)]);
    expect(readFileSync(path, 'utf8')).toBe('version: 1\n');
    expect((await occasio(place, ['policy', 'init', '--template', 'strict', '--force'])).code).toBe(0);
    expect(readFileSync(path, 'utf8')).toMatch(/allow_paths/);
    expect((await occasio(place, ['policy', 'validate'])).out).toMatch(/: valid\n$/);
  });

  it('validate_lists_every_fault_with_its_place', async () => {
    const place = newPlace();
    writeFileSync(join(place.cwd, 'bad.yml'), 'version: 1\ndeny_pths: [a]\nopaque_commands: maybe\n');
    const ran = await occasio(place, ['policy', 'validate', 'bad.yml']);
    expect(ran.code).toBe(1);
    expect(ran.out).toMatch(/^bad\.yml:2:1: fault: .*deny_pths.*deny_paths/m);
    expect(ran.out).toMatch(/^bad\.yml:2:.* not known\. Did you mean "deny_paths"\?$/m);
    expect(ran.out).toMatch(/^bad\.yml:3:\d+: fault: /m);
    expect(ran.out).toMatch(/^bad\.yml: 2 faults, not used$/m);
    const json = JSON.parse((await occasio(place, ['policy', 'validate', 'bad.yml', '--json'])).out) as { readonly faults: readonly { readonly line: number }[] };
    expect(json.faults.map((f) => f.line)).toEqual([2, 3]);
    expect((await occasio(place, ['policy', 'validate', '-'], { stdin: 'version: 1\n' })).code).toBe(0);
    expect((await occasio(place, ['policy', 'validate'])).err).toMatch(/built-in dev-default is in force/);
  });

  it('show_tells_the_policy_in_force_and_diff_what_was_changed', async () => {
    const place = newPlace();
    expect((await occasio(place, ['policy', 'show'])).out).toMatch(/^built-in dev-default/);
    const members = (await occasio(place, ['policy', 'show'])).out.split('\n').slice(3);
    expect(members.filter((l) => /^deny_paths\[\d+\] +\S.*$/.test(l)).length).toBeGreaterThan(50);
    expect(Math.max(...members.map((l) => l.length))).toBeLessThan(200);
    await occasio(place, ['init']);
    expect((await occasio(place, ['policy', 'show', '--diff'])).out).toMatch(/what the template dev-default says/);
    const path = join(place.occasioHome, 'policy.yml');
    writeFileSync(path, readFileSync(path, 'utf8').replace(/^deny_paths:\n/m, 'deny_paths:\n  - only/here\n'));
    expect((await occasio(place, ['policy', 'show', '--diff'])).out).toMatch(/\+.*only\/here/);
    expect(JSON.parse((await occasio(place, ['policy', 'show', '--json'])).out)).toMatchObject({ source: 'file', path, policy: { version: 1 } });
    const narrow = await occasio(place, ['policy', 'show'], { env: { COLUMNS: '60' } });
    expect(Math.max(...narrow.out.split('\n').slice(2).map((l) => l.length))).toBeLessThanOrEqual(60);
  });

  it('a_home_that_is_unfit_is_said_so', async () => {
    const place = newPlace();
    writeFileSync(place.occasioHome, 'a file');
    const ran = await occasio(place, ['init']);
    expect([ran.code, ran.out]).toEqual([2, '']);
    expect(ran.err).toContain(place.occasioHome);
    const open = newPlace();
    mkdirSync(open.occasioHome, { mode: 0o777 });
    const { chmodSync } = await import('node:fs');
    chmodSync(open.occasioHome, 0o777);
    expect((await occasio(open, ['init'])).err).toMatch(/others can write.*chmod 700/);
    expect(existsSync(join(open.occasioHome, 'policy.yml'))).toBe(false);
  });
});

describe('a place that is not fit', () => {
  it.each([
    ['', /HOME is empty, want an absolute path/],
    ['here', /HOME is a relative path/],
  ])('a_user_folder_%j_is_refused_as_rules_and_record_hang_on_it', async (home, message) => {
    const place = newPlace();
    for (const occasioHome of ['', place.occasioHome]) {
      const ran = await occasio({ ...place, home, occasioHome }, ['explain', 'Read', '{"file_path":"~/.ssh/id_rsa"}']);
      expect([ran.code, ran.out]).toEqual([2, '']);
      expect(ran.err).toMatch(message);
    }
  });

  // Deno says so itself, before it reads the program.
  const silent = process.platform === 'win32' ? 'Windows keeps a folder that is in use' : /deno$/.test(runner[0]) ? 'Deno ends before the program is read' : null;
  it.skipIf(lacking(silent !== null, `a_folder_that_is_gone_is_said_so: ${silent}`))('a_folder_that_is_gone_is_said_so', () => {
    const place = newPlace();
    const ran = spawnSync('/bin/sh', ['-c', 'rmdir "$PWD" && exec "$@"', 'sh', ...runner, 'explain', 'Bash', 'ls'], { cwd: place.cwd, env: environment(place), encoding: 'utf8' });
    expect([ran.status, ran.stdout]).toEqual([2, '']);
    expect(ran.stderr).toMatch(/^occasio: Cannot start in ".": the folder is gone/);
    expect(ran.stderr).not.toMatch(/^ +at /m);
  });

  it('a_demo_without_room_for_scratch_says_where', async () => {
    const place = newPlace();
    const ran = await occasio({ ...place, tmp: join(place.tmp, 'absent') }, ['demo']);
    expect([ran.code, ran.out]).toEqual([2, '']);
    expect(ran.err).toMatch(/^occasio: Cannot make a scratch folder in ".*absent": it does not exist$/m);
  });
});
