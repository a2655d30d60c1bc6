/** `occasio audit verify --jobs N`: the verdict is the one that a single walk gives. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { chained } from '../core/chain-oracle.ts';
import { newPlace, occasio, type Place } from './run.ts';

let place: Place;
beforeEach(() => {
  place = newPlace();
});

const ID = '00000000-0000-4000-8000-000000000000';
const row = (seq: number, kind: string): string => JSON.stringify({ ts: '2026-01-01T00:00:00.000Z', seq, kind, run_id: ID, session_id: 's', text: 'x'.repeat((seq * 37) % 500) });
const lines = chained(Array.from({ length: 300 }, (_, i) => row(i, i === 0 ? 'run_start' : i === 1 ? 'policy_loaded' : 'tool_call')));

function file(text: string): string {
  mkdirSync(place.occasioHome, { recursive: true, mode: 0o700 });
  const path = join(place.occasioHome, `${ID}.jsonl`);
  writeFileSync(path, text);
  return path;
}

describe('jobs', () => {
  it.each<[string, (text: string) => string]>([
    ['a whole chain', (text) => text],
    ['a dropped row', (text) => text.replace(`${lines[150]}\n`, '')],
    ['changed rows', (text) => text.replace(/"seq":(7|99|200|299),/g, '"seq":1$1,')],
    ['a torn line', (text) => text.slice(0, -20)],
    ['nothing', () => ''],
  ])('give_one_verdict_for %s', async (_, edit) => {
    const path = file(edit(lines.map((l) => `${l}\n`).join('')));
    const one = await occasio(place, ['audit', 'verify', path, '--json']);
    expect(JSON.parse(one.out)).toMatchObject({ verdict: 'occasio-run-verdict/v1', bytes: readFileSync(path).length });
    for (const jobs of ['1', '2', '3', '8', '64']) expect([jobs, await occasio(place, ['audit', 'verify', path, '--json', '--jobs', jobs])]).toEqual([jobs, one]);
  });

  it.each(['0', '-1', '65', '1.5', 'two', ''])('is wrong use: "%s"', async (jobs) => {
    expect((await occasio(place, ['audit', 'verify', file(''), `--jobs=${jobs}`])).code).toBe(2);
  });

  it('is_wrong_use_for_several_runs', async () => {
    expect((await occasio(place, ['audit', 'verify', '--all', '--jobs', '2'])).code).toBe(2);
  });
});
