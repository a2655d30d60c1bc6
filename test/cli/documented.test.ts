import { beforeAll, describe, expect, it } from 'vitest';
import { documented, RUN } from './documented.ts';
import { giveRecord, newProject, pathOf } from './project.ts';
import { occasio, type Place } from './run.ts';

let recorded: Place;
let run: string;

beforeAll(async () => {
  recorded = newProject();
  run = await giveRecord(recorded);
}, 60_000);

describe('what the documents show works as they show it', () => {
  it.each(documented.filter((d) => 'words' in d))('$line', async (shown) => {
    if (!('words' in shown)) return;
    const at = ['audit', 'attest', 'bundle', 'verify', 'prove'].includes(shown.words[0] ?? '') ? recorded : newProject();
    if (shown.after === 'init') await occasio(at, ['init']);
    const ran = await occasio(at, shown.words.map((w) => (w === RUN ? run : w)), {
      ...(shown.stdin === undefined ? {} : { stdin: shown.stdin }),
      env: { PATH: pathOf(at) },
      ...(shown.until === undefined ? {} : { started: (child) => child.onOut((text) => text.includes('\n') && child.kill('SIGTERM')) }),
    });
    expect(ran.out).toMatch(shown.out);
    expect(ran.code, ran.err).toBe(shown.exit);
  });
});
