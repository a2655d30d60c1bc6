import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { newPlace, occasio } from './run.ts';

interface Row {
  readonly seq: number;
  readonly kind: string;
  readonly action?: string;
  readonly direction?: string;
  readonly tool_use_id?: string;
  readonly prev_hash: string;
  readonly hash: string;
}

interface Report {
  readonly ok: boolean;
  readonly chain: string;
  readonly home: string;
  readonly project: string;
  readonly decisions: readonly { readonly asked: string; readonly action: string; readonly direction: string; readonly rule: string | null; readonly why: string; readonly tool_use_id: string }[];
  readonly model: { readonly requests: number; readonly denied_lines: number; readonly keys: number; readonly placeholders: number };
  readonly rows: number;
  readonly verdict: { readonly word: string };
}

const expected = [
  ['Read README.md', 'PASS'],
  ['Read .env', 'BLOCK'],
  ['Read docs/settings.txt, a link to .env', 'BLOCK'],
  ['Read src/../.env', 'BLOCK'],
  ['Bash: cat .env', 'BLOCK'],
  ['Bash: wc -l < .env', 'BLOCK'],
  ['Grep for TODO in src', 'LOCAL'],
  ['Bash: cat deploy.log', 'PASS'],
  ['the result of: Bash: cat deploy.log', 'TRANSFORM'],
  ['Grep for listen in src', 'LOCAL'],
  ['Read .env', 'BLOCK'],
  ['Read src/server.ts', 'PASS'],
  ['Bash: node scripts/count.mjs', 'PASS'],
  ['Read docs/roadmap.md', 'PASS'],
  ['the result of: Read docs/roadmap.md', 'BLOCK'],
  ['Read docs/roadmap.md, after an edit of the policy', 'BLOCK'],
];

describe('occasio demo', () => {
  it('decides_as_the_policy_says_and_its_report_agrees_with_the_run_on_disk', async () => {
    const place = newPlace();
    const started = Date.now();
    const ran = await occasio(place, ['demo', '--json']);
    const took = Date.now() - started;
    const report = JSON.parse(ran.out) as Report;
    expect(report.decisions.map((d) => [d.asked, d.action])).toEqual(expected);
    expect([ran.code, report.ok, report.verdict.word]).toEqual([0, true, 'self-consistent']);
    expect(report.model).toEqual({ requests: 13, denied_lines: 0, keys: 0, placeholders: 1 });
    expect(report.decisions.find((d) => d.asked.includes('count.mjs'))?.why).toMatch(/opaque: .*node/);
    expect(report.decisions.filter((d) => d.action === 'BLOCK').every((d) => /deny_paths/.test(d.rule ?? ''))).toBe(true);

    const lines = readFileSync(report.chain, 'utf8').trimEnd().split('\n');
    const rows = lines.map((l) => JSON.parse(l) as Row);
    expect(rows.length).toBe(report.rows);
    expect(rows.filter((r) => r.kind === 'tool_call').map((r) => [r.tool_use_id, r.direction, r.action])).toEqual(report.decisions.map((d) => [d.tool_use_id, d.direction, d.action]));
    // The chain, recomputed by other code than the product's.
    rows.forEach((row, i) => {
      expect(row.prev_hash).toBe(rows[i - 1]?.hash ?? '0'.repeat(64));
      expect(createHash('sha256').update((lines[i] ?? '').replace(`,"hash":"${row.hash}"`, '')).digest('hex')).toBe(row.hash);
    });
    expect(rows.filter((r) => r.kind === 'policy_loaded')).toHaveLength(2);
    expect(rows.at(-1)?.kind).toBe('run_end');

    const again = await occasio({ ...place, occasioHome: report.home }, ['audit', 'verify', report.chain, '--json']);
    expect(again.code).toBe(0);
    const secret = /DATABASE_PASSWORD=(\S+)/.exec(readFileSync(join(report.project, '.env'), 'utf8'))?.[1] ?? '';
    expect(secret).toHaveLength(20);
    expect(readFileSync(report.chain, 'utf8')).not.toContain(secret);
    expect(existsSync(place.occasioHome)).toBe(false);
    expect(took).toBeLessThan(15_000);
  });

  it('prints_a_table_that_fits_and_what_to_type_next_and_leaves_nothing', async () => {
    const place = newPlace();
    const ran = await occasio(place, ['demo'], { env: { COLUMNS: '80' } });
    expect(ran.code).toBe(0);
    expect(Math.max(...ran.out.split('\n').slice(0, -4).map((l) => l.length))).toBeLessThanOrEqual(80);
    expect(ran.out).not.toContain('\u001b');
    expect(ran.out).toMatch(/occasio init .*\n.*occasio claude .*\n$/);
    expect(ran.err).toBe('');
    expect(readdirSync(place.tmp)).toEqual([]);
  });

  it('keeps_its_folder_when_asked', async () => {
    const ran = await occasio(newPlace(), ['demo', '--keep']);
    const kept = /^Kept: (.*)$/m.exec(ran.out)?.[1] ?? '';
    expect(existsSync(join(kept, 'home', 'policy.yml'))).toBe(true);
  });

  it('says_so_when_the_agent_it_is_to_use_is_missing_or_fails', async () => {
    const place = newPlace();
    const missing = await occasio(place, ['demo', '--agent', 'claude'], { env: { PATH: '/nonexistent' } });
    expect([missing.code, missing.out]).toEqual([2, '']);
    mkdirSync(join(place.home, 'bin'));
    writeFileSync(join(place.home, 'bin', 'claude'), '#!/bin/sh\necho "no such luck" >&2\nexit 4\n');
    chmodSync(join(place.home, 'bin', 'claude'), 0o755);
    const failed = await occasio(place, ['demo', '--agent', 'claude'], { env: { PATH: `${join(place.home, 'bin')}:/usr/bin:/bin` } });
    expect(failed.code).toBe(2);
    expect(failed.err).toMatch(/exit code 4: no such luck/);
    expect((await occasio(place, ['demo', '--agent', 'other'])).err).toMatch(/Use scripted or claude/);
  });
});
