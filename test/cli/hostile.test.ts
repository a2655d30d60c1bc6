/** Nothing that an attacker wrote reaches a terminal raw: each hostile text through every command that would show it. Attack class A10. */
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { audit } from '../../host/cli/audit.ts';
import { canonicalize } from '../../host/cli/canonicalize.ts';
import { isGroup, type Entry } from '../../host/cli/command.ts';
import { actionOf } from '../../host/cli/help.ts';
import { commands } from '../../host/cli/commands.ts';
import { explain } from '../../host/cli/explain.ts';
import { policy } from '../../host/cli/policy.ts';
import { fail, line } from '../../host/cli/print.ts';
import { table } from '../../host/cli/table.ts';
import { summaryLine } from '../../host/cli/session.ts';
import { status } from '../../host/cli/status.ts';
import type { Summary } from '../../host/runtime/start.ts';
import { OccasioError } from '../../verifiers/formats/error.ts';
import { createWorld, type World } from '../proxy/world.ts';
import { hostile, UNSHOWN } from '../support/hostile.ts';
import { say, use } from '../support/upstream.ts';
import { call, fakeIo } from './io.ts';

let top = '';
beforeAll(() => void (top = realpathSync(mkdtempSync(join(tmpdir(), 'occasio-hostile-')))));
afterAll(() => rmSync(top, { recursive: true, force: true }));

interface Told {
  readonly out: string;
  readonly err: string;
}

/** A command as the program runs it, errors included; on a terminal without colours, which lets through most. */
async function told(entry: Entry, args: readonly string[], env: { readonly [name: string]: string }, terminal = true): Promise<Told> {
  const fake = fakeIo({ NO_COLOR: '1', PATH: '', ...env }, terminal, 80, top);
  try {
    if (isGroup(entry)) await call(actionOf(entry, args[0]), args.slice(1), fake.io);
    else await call(entry, args, fake.io);
  } catch (error) {
    fail(fake.io, error, args.includes('--json'));
  }
  return { out: fake.out(), err: fake.err() };
}

function clean({ out, err }: Told): void {
  for (const text of [out, err]) {
    expect(UNSHOWN.exec(text)).toBeNull();
    expect(text).not.toMatch(/^FORGED/m);
  }
}

const isWhole = (text: string): boolean => !/\p{Cs}/u.test(text);
const env = (home: string): { readonly [name: string]: string } => ({ HOME: top, OCCASIO_HOME: home });
/** Of a name on disk: what no file system takes stays away. */
const nameOf = (text: string): string => text.replace(/[\0/\ud800]/g, '_');

describe.each(hostile)('%s', (_, text) => {
  it.each(['text', 'json'])('explain, as %s', async (form) => {
    const more = form === 'json' ? ['--json'] : [];
    const home = join(top, 'none');
    for (const [tool, input] of [[`x${text}`, '{}'], ['Read', JSON.stringify({ file_path: text })], ['Read', JSON.stringify({ [text]: text })], ['Bash', JSON.stringify({ command: `cat '${text}'` })], ['Bash', `echo ${text}`], ['mcp__x__y', JSON.stringify({ path: text, [`${text}_path`]: text })], ['Read', text]] as const) {
      const said = await told(explain, [tool, input, ...more], env(home));
      clean(said);
      if (form === 'json' && tool === 'Read' && input.includes('file_path') && isWhole(text)) expect(JSON.stringify(JSON.parse(said.out))).toContain(JSON.stringify(text).slice(1, -1));
    }
  });

  it('policy validate and show', async () => {
    const home = join(top, `policy-${nameOf(text)}`);
    mkdirSync(home, { recursive: true, mode: 0o700 });
    const quoted = JSON.stringify(text);
    for (const body of [`deny_paths: [${quoted}]`, `deny_commands: [${quoted}]`, `${quoted}: 1`, `deny_patterns: {${quoted}: ${quoted}}`, `deny_patterns: {a: ${quoted}}`, `allow_secrets: [${quoted}]`, `tools: {${quoted}: {action: PASS, reason: ${quoted}}}`, `opaque_commands: ${quoted}`, `limits: {${quoted}: 1}`, `deny_paths: [${text}]`, `# ${text}\n${text}`]) {
      writeFileSync(join(home, 'policy.yml'), `version: 1\n${body}\n`, { mode: 0o600 });
      for (const args of [['validate'], ['validate', '--json'], ['show', '--diff']]) clean(await told(policy, args, env(home)));
    }
    writeFileSync(join(home, 'policy.yml'), `version: 1\ndeny_paths: [${quoted}]\n`, { mode: 0o600 });
    for (const args of [['show'], ['show', '--json'], ['validate', join(home, 'policy.yml')]]) clean(await told(policy, args, env(home)));
    clean(await told(status, [], env(home)));
  });

  it('audit verify, repair and status of a record and of names', async () => {
    const home = join(top, `home-${nameOf(text)}`);
    for (const folder of ['runs', 'index', 'proxies', 'policies']) mkdirSync(join(home, folder), { recursive: true, mode: 0o700 });
    const row = JSON.stringify({ kind: text, ts: text, run_id: text, session_id: text, agent: text, tool_name: text, reason: text, [text]: text, prev_hash: '0'.repeat(64), hash: text });
    for (const name of ['run-1.jsonl', `${nameOf(text)}.jsonl`]) writeFileSync(join(home, 'runs', name), `${row}\n{"kind":"run_start","run_id":${JSON.stringify(text)}}\n${row.slice(0, 20)}`);
    writeFileSync(join(home, 'index', '000000000001.json'), `${row}\n`);
    writeFileSync(join(home, 'index', nameOf(text)), row);
    writeFileSync(join(home, 'proxies', `${nameOf(text)}.json`), JSON.stringify({ pid: process.pid, port: 1, started_at: text, token_file: text }));
    writeFileSync(join(home, 'proxies', `${process.pid}.json`), JSON.stringify({ pid: process.pid, port: 1, started_at: text, token_file: text }));
    writeFileSync(join(home, 'pipeline-events.jsonl'), `${row}\n${row}\n`);
    const file = join(home, 'runs', `${nameOf(text)}.jsonl`);
    for (const args of [['verify'], ['verify', file], ['verify', file, '--json'], ['verify', 'run-1'], ['verify', '--all'], ['verify', '--all', '--json'], ['verify', '--legacy'], ['repair'], ['repair', file], ['verify', nameOf(text)]]) clean(await told(audit, args, env(home)));
    clean(await told(status, [], env(home)));
    clean(await told(status, ['--json'], env(home)));
  });

  it('any command with words that it does not know', async () => {
    for (const entry of commands) {
      // Nothing is started: there is no agent on this PATH, and a word too many ends the others.
      for (const args of [[text], [`--${text}`], ['verify', text], [`--preset=${text}`, text], [`--upstream=${text}`, '--preset', text], ['--json', text]]) clean(await told(entry, args, env(join(top, 'none'))));
    }
  });

  it('canonicalize, on a terminal', async () => {
    writeFileSync(join(top, 'value.json'), JSON.stringify({ a: text }));
    clean(await told(canonicalize, ['value.json'], {}));
    clean(await told(canonicalize, ['value.json', '--json'], {}));
    if (!isWhole(text)) return;
    const { out } = await told(canonicalize, ['value.json'], {}, false);
    expect(JSON.parse(out)).toEqual({ a: text });
    expect(JSON.parse((await told(canonicalize, ['value.json'], {})).out)).toEqual({ a: text });
  });

  it('the last lines of an agent, and faults of ours', () => {
    const { io, err } = fakeIo({ NO_COLOR: '1' }, true);
    const none = { tool_calls: 1, passed: 1, local: 0, blocked: 0, transformed: 0, secrets_redacted: 0, spent_microusd: 0, unpriced: 0 };
    const counts = { tool_calls: 1, tool_results: 0, requests: 0 } as unknown as Summary['runs'][number]['counts'];
    line(io.err, summaryLine({ ...none, runs: [{ id: text, path: text, session_id: text, counts }] }));
    fail(io, new OccasioError({ code: 'upstream', cannot: 'reach', thing: text, found: text, want: text, next: text }), true);
    fail(io, new Error(text), true);
    clean({ out: '', err: err() });
  });

  it('what a command forgot to make printable', () => {
    const { io, out } = fakeIo({}, false);
    line(io.out, text);
    table(io, [{ title: 'a' }], [[text]]);
    clean({ out: out(), err: '' });
  });
});

describe('a session of hostile texts', () => {
  let world: World;
  const rows = (): string[] => readdirSync(join(world.home, 'runs')).filter((name) => /^[^.]+\.jsonl$/.test(name)).map((name) => readFileSync(join(world.home, 'runs', name), 'utf8'));

  beforeAll(async () => {
    const wellFormed = hostile.map(([, text]) => text).filter((text) => isWhole(text));
    const files = Object.fromEntries(wellFormed.map((text, i) => [`d/${i}${nameOf(text)}.txt`, 'x']));
    const script = [...wellFormed.map((text) => say(text, use('Bash', { command: `ls '${text}'` }), use('Read', { file_path: text, [`m${text}`]: text }), use('mcp__a__b', { path: text }))), say('Done.')];
    world = await createWorld({ script, files, tools: { Bash: (input) => ({ text: String(input['command']) }), Read: (input) => ({ text: String(input['file_path']) }), mcp__a__b: (input) => ({ text: String(input['path']) }) } });
    expect(await world.client({ session: 'hostile' }).prompt('Go.')).toBe('Done.');
    await world.stop();
  });
  afterAll(() => world.close());

  it('one_row_is_one_line_and_says_what_was_asked', () => {
    for (const text of rows()) {
      expect(text.endsWith('\n')).toBe(true);
      // Carriage returns, too, end a line for some readers.
      expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/);
      const parsed = text.trimEnd().split('\n').map((one) => JSON.parse(one) as { readonly seq: number });
      expect(parsed.map(({ seq }) => seq)).toEqual(parsed.map((__, i) => i));
    }
    const asked = world.calls().filter((row) => row['tool_name'] === 'read_file').map((row) => ((row['judged'] as { readonly paths?: readonly { readonly asked: string }[] }).paths ?? [])[0]?.asked);
    for (const [, text] of hostile) if (isWhole(text)) expect(asked).toContain(text);
  });

  it.each([[status, []], [status, ['--json']], [audit, ['verify']], [audit, ['verify', '--all']], [audit, ['verify', '--json']]] as const)('%#', async (entry, args) => {
    const said = await told(entry, args, env(world.home));
    clean(said);
    expect(said.out).not.toBe('');
  });

  it('notices_are_lines', () => {
    const { io, err } = fakeIo({}, true);
    for (const notice of world.notices) line(io.err, `occasio: ${notice}`);
    clean({ out: '', err: err() });
  });
});
