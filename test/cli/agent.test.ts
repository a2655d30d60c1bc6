import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { delimiter, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { agentEnvironment, findProgram } from '../../host/cli/agent.ts';
import { newPlace, occasio, runner, type Place, type RunOptions } from './run.ts';

/** A program called `claude` on a PATH of its own, in JavaScript. */
function standIn(place: Place, script: string): { readonly PATH: string } {
  const bin = join(place.home, 'bin');
  mkdirSync(bin, { recursive: true });
  writeFileSync(join(bin, 'claude'), `#!${process.execPath}\n${script}`);
  chmodSync(join(bin, 'claude'), 0o755);
  return { PATH: `${bin}${delimiter}${process.env['PATH'] ?? ''}` };
}

function claude(place: Place, script: string, args: readonly string[] = [], options: RunOptions = {}): ReturnType<typeof occasio> {
  return occasio(place, ['claude', ...args], { ...options, env: { ...standIn(place, script), ...options.env } });
}

describe('occasio claude', () => {
  it('passes_arguments_standard_input_and_output_and_the_exit_code', async () => {
    const script = "let t = ''; process.stdin.on('data', (d) => (t += d)).on('end', () => { console.log(JSON.stringify([process.argv.slice(2), t])); process.exit(7); });";
    const ran = await claude(newPlace(), script, ['--preset', 'off', '-p', 'a b', '--', '--json', ''], { stdin: 'words' });
    expect(JSON.parse(ran.out)).toEqual([['-p', 'a b', '--', '--json', ''], 'words']);
    expect(ran.code).toBe(7);
  });

  it('sets_the_base_url_for_the_child_and_it_leads_to_the_upstream', async () => {
    const upstream = createServer((_, response) => response.end('{"from":"upstream"}'));
    await new Promise<void>((done) => upstream.listen(0, '127.0.0.1', done));
    const url = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`;
    const script = "fetch(process.env.ANTHROPIC_BASE_URL + '/v1/models').then(async (r) => console.log(r.status, await r.text()));";
    try {
      const ran = await claude(newPlace(), script, ['--upstream', url]);
      expect(ran.out).toBe('200 {"from":"upstream"}\n');
      expect((await claude(newPlace(), script, [], { env: { ANTHROPIC_BASE_URL: `${url}/` } })).out).toBe('200 {"from":"upstream"}\n');
    } finally {
      upstream.close();
    }
  });

  it('says_one_line_at_the_end_and_that_no_request_came_when_none_came', async () => {
    const ran = await claude(newPlace(), 'process.exit(0)');
    expect(ran.err).toBe('occasio: no request came through the proxy, so there is no record.\n');
    expect(ran.out).toBe('');
  });

  it.each(['SIGTERM', 'SIGHUP', 'SIGINT'] as const)('hands_%s_on_and_exits_as_a_shell_would_say', async (signal) => {
    const script = "console.log('up'); setInterval(() => {}, 1000);";
    const ran = await claude(newPlace(), script, [], { started: (child) => child.onOut((text) => text.includes('up') && child.kill(signal)) });
    expect(ran.code).toBe(128 + { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 }[signal]);
  });

  it('lets_the_agent_answer_a_signal_itself', async () => {
    const script = "process.on('SIGTERM', () => { console.log('bye'); process.exit(3); }); console.log('up'); setInterval(() => {}, 1000);";
    let sent = false;
    const ran = await claude(newPlace(), script, [], {
      started: (child) => child.onOut((text) => {
        if (text.includes('up') && !sent) {
          sent = true;
          child.kill('SIGTERM');
        }
      }),
    });
    expect([ran.out, ran.code]).toEqual(['up\nbye\n', 3]);
  });

  it('says_how_to_install_an_agent_that_is_not_there', async () => {
    const ran = await occasio(newPlace(), ['claude'], { env: { PATH: '/nonexistent' } });
    expect(ran.code).toBe(2);
    expect(ran.err).toMatch(/no such program on the PATH.*Install Claude Code/);
  });

  it('refuses_to_start_under_a_repository_that_leads_past_the_proxy', async () => {
    const place = newPlace();
    mkdirSync(join(place.cwd, '.claude'));
    writeFileSync(join(place.cwd, '.claude', 'settings.json'), '{"env":{"ANTHROPIC_BASE_URL":"https://elsewhere.example"}}');
    const ran = await claude(place, "console.log('started')");
    expect(ran.code).toBe(2);
    expect(ran.out).toBe('');
    expect(ran.err).toMatch(/settings\.json": env\.ANTHROPIC_BASE_URL sends its requests past the proxy/);
  });

  it.each([
    ['ftp://x', /no base URL/],
    ['nonsense', /no base URL/],
    ['http://user:secret-word@127.0.0.1:1', /holds a user name or password/],
    ['http://127.0.0.1:1/?a=b', /no base URL/],
  ])('refuses_the_upstream_%s', async (upstream, message) => {
    const ran = await claude(newPlace(), "console.log('started')", ['--upstream', upstream]);
    expect([ran.code, ran.out]).toEqual([2, '']);
    expect(ran.err).toMatch(message);
    expect(ran.err).not.toContain('secret-word');
  });

  it('refuses_a_malformed_policy_before_the_agent_starts', async () => {
    const place = newPlace();
    mkdirSync(place.occasioHome, { mode: 0o700 });
    writeFileSync(join(place.occasioHome, 'policy.yml'), 'version: 1\ndeny_pths: []\n', { mode: 0o600 });
    const ran = await claude(place, "console.log('started')");
    expect([ran.code, ran.out]).toEqual([2, '']);
    expect(ran.err).toMatch(/line 2/);
  });

  it('is_not_chained_to_itself', async () => {
    const place = newPlace();
    // The agent starts another governed agent, with the base URL it was given.
    const script = "require('node:child_process').spawn(process.env.PROGRAM, [...process.env.FIRST.split('\\n'), 'claude'], { stdio: 'inherit' }).on('exit', (c) => process.exit(c));";
    const [program, ...first] = runner;
    const ran = await claude(place, script, [], { env: { PROGRAM: program, FIRST: first.join('\n') } });
    expect(ran.code).toBe(2);
    expect(ran.err).toMatch(/already running/);
  });
});

describe('the environment of an agent', () => {
  it('goes_straight_to_us_whatever_proxy_the_network_has', () => {
    expect(agentEnvironment({ HTTPS_PROXY: 'http://proxy:3128', NO_PROXY: 'intern' }, 'u')).toEqual({
      HTTPS_PROXY: 'http://proxy:3128',
      ANTHROPIC_BASE_URL: 'u',
      NO_PROXY: 'intern,127.0.0.1,localhost',
      no_proxy: '127.0.0.1,localhost',
    });
  });

  it('a_program_is_an_executable_file_and_no_folder', () => {
    const place = newPlace();
    mkdirSync(join(place.cwd, 'claude'));
    writeFileSync(join(place.home, 'claude'), '', { mode: 0o644 });
    expect(findProgram('claude', { PATH: `${place.cwd}${delimiter}${place.home}` })).toBeNull();
    chmodSync(join(place.home, 'claude'), 0o755);
    expect(findProgram('claude', { PATH: `${place.cwd}${delimiter}${place.home}` })).toBe(join(place.home, 'claude'));
  });
});
