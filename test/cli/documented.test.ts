import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { documented, RUN } from './documented.ts';
import { newPlace, occasio, type Place } from './run.ts';

let home: Place;
let run: string;

/** A place as the documents have it in mind: a project with a few files, an agent on the PATH. */
function place(): Place {
  const made = newPlace();
  writeFileSync(join(made.cwd, '.env'), 'A=1\n');
  writeFileSync(join(made.cwd, 'row.json'), '{"b":1, "a":2}');
  writeFileSync(join(made.cwd, 'policy.yml'), 'version: 1\ndeny_paths: [.env]\n');
  mkdirSync(join(made.home, 'bin'));
  writeFileSync(join(made.home, 'bin', 'claude'), `#!${process.execPath}\nconsole.log('stand-in', JSON.stringify(process.argv.slice(2)));\n`);
  chmodSync(join(made.home, 'bin', 'claude'), 0o755);
  return made;
}

beforeAll(async () => {
  const ran = await occasio(newPlace(), ['demo', '--json']);
  const report = JSON.parse(ran.out) as { readonly home: string; readonly chain: string };
  home = { ...place(), occasioHome: report.home };
  run = /([^/\\]+)\.jsonl$/.exec(report.chain)?.[1] ?? '';
}, 60_000);

describe('what the documents show works as they show it', () => {
  it.each(documented.filter((d) => 'words' in d))('$line', async (shown) => {
    if (!('words' in shown)) return;
    const at = shown.words[0] === 'audit' ? home : place();
    if (shown.after === 'init') await occasio(at, ['init']);
    const ran = await occasio(at, shown.words.map((w) => (w === RUN ? run : w)), {
      ...(shown.stdin === undefined ? {} : { stdin: shown.stdin }),
      env: { PATH: `${join(at.home, 'bin')}${delimiter}${process.env['PATH'] ?? ''}` },
      ...(shown.until === undefined ? {} : { started: (child) => child.onOut((text) => text.includes('\n') && child.kill('SIGTERM')) }),
    });
    expect(ran.out).toMatch(shown.out);
    expect(ran.code, ran.err).toBe(shown.exit);
  });
});
