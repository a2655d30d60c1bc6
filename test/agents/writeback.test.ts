/** The agent edits a file in which a key stands; the key stays in the file, and the model never sees it. */
import { afterEach, describe, expect, it } from 'vitest';
import { createUpstream, say, use, type Script, type Turn, type Upstream } from '../support/upstream.ts';
import { runClaude, type Run } from './claude.ts';
import { versions } from './install.ts';
import { expectGoverned, rowsOf } from './record.ts';
import { createWorld, type World } from './world.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const KEY = ['AKIA', 'Q4ZT7M2XKD5NVWH3'].join('');
const FILE = `region = eu\naws_access_key_id = ${KEY}\noutput = json\n`;

async function start(script: Script): Promise<Upstream> {
  const upstream = await createUpstream({ script });
  cleanups.push(() => upstream.close());
  return upstream;
}

const go = (w: World, upstream: Upstream, ...args: string[]): Promise<Run> => runClaude(w, { upstream, through: 'occasio', args: args.length > 0 ? args : ['do the task'] });
const inbound = (w: World): (string | undefined)[] => rowsOf(w).filter((row) => row.kind === 'tool_call' && row.direction === 'inbound').map((row) => row.reason ?? '');

describe.each(versions)('Claude Code %s', (version) => {
  function world(): World {
    const made = createWorld(version, { 'config.ini': FILE });
    cleanups.push(() => made.remove());
    return made;
  }
  const afterRead = (w: World, next: (mark: string) => readonly Turn[]): Script => (ask) => {
    if (ask.assistantTurns === 0) return say('', use('Read', { file_path: w.path('config.ini') }));
    const mark = /\[REDACTED:[a-z0-9-]+:[a-z2-7]{10}\]/.exec(JSON.stringify(ask.body))?.[0] ?? 'no placeholder';
    return next(mark)[ask.assistantTurns - 1] ?? say('done');
  };
  const edit = (w: World, from: string, to: string): Turn => say('', use('Edit', { file_path: w.path('config.ini'), old_string: from, new_string: to }));

  it('edits another line, then around the key, then writes the file anew: the file keeps the key', async () => {
    const w = world();
    const upstream = await start(
      afterRead(w, (mark) => [
        edit(w, 'region = eu', 'region = us'),
        edit(w, `aws_access_key_id = ${mark}\noutput = json`, `aws_access_key_id = ${mark}\nuser = me\noutput = text`),
        say('', use('Write', { file_path: w.path('config.ini'), content: `# written anew\naws_access_key_id = ${mark}\n` })),
        say('', use('Read', { file_path: w.path('config.ini') })),
      ]),
    );
    expectGoverned(w, upstream, await go(w, upstream));
    expect(w.read('config.ini')).toBe(`# written anew\naws_access_key_id = ${KEY}\n`);
    expect(upstream.leaks([KEY])).toEqual([]);
    expect(inbound(w).slice(1, 4)).toEqual(['tool_not_handled', 'secret-restored', 'secret-restored']);
  });

  it('resumed by a fresh proxy, the history is what the model wrote', async () => {
    const w = world();
    const upstream = await start(afterRead(w, (mark) => [edit(w, `aws_access_key_id = ${mark}`, `aws_access_key_id = ${mark}\nuser = me`)]));
    expectGoverned(w, upstream, await go(w, upstream));
    expectGoverned(w, upstream, await go(w, upstream, 'and now?', '--continue'));
    expect([w.read('config.ini').includes(`${KEY}\nuser = me`), upstream.leaks([KEY])]).toEqual([true, []]);
  });

  it('a guess is refused, right or wrong, and the session goes on', async () => {
    const w = world();
    const upstream = await start(afterRead(w, (mark) => [edit(w, KEY.slice(0, 8), 'x'), edit(w, 'AKIAZZZZ', 'x'), edit(w, `id = ${mark}`, 'id = x')]));
    expectGoverned(w, upstream, await go(w, upstream));
    expect([w.read('config.ini'), upstream.leaks([KEY])]).toEqual([FILE, []]);
    expect(inbound(w).slice(1)).toEqual(['secret-cut', 'secret-cut', 'secret-cut']);
  });
});
