/** The templates against what developers do and what attackers try: `test/vectors/policy`. */
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { decide, scanContent, templateNames } from '../../host/policy/index.ts';
import type { Judged, Preset } from '../../host/policy/types.ts';
import { loadShell } from '../../host/runtime/shell.ts';
import type { ShellReader } from '../../host/shell/facts.ts';
import { core, template } from './given.ts';

interface Case {
  readonly name: string;
  readonly command?: string;
  readonly judged: Partial<Judged>;
  readonly action?: string;
  readonly reason?: string;
}

interface ContentCase {
  readonly name: string;
  readonly text: readonly string[];
  readonly secrets: readonly string[];
}

interface Vectors {
  readonly preset: Preset;
  readonly base: Judged;
  readonly allowed: readonly Case[];
  readonly refused: readonly Case[];
  readonly content?: readonly ContentCase[];
}

let shell: ShellReader;
beforeAll(async () => {
  shell = await loadShell();
});

describe.each(templateNames)('template %s', (name) => {
  const vectors = JSON.parse(readFileSync(new URL(`../vectors/policy/${name}.json`, import.meta.url), 'utf8')) as Vectors;
  const policy = template(name, vectors.preset);
  const all = [...vectors.allowed, ...vectors.refused];

  it('has_enough_of_both', () => {
    expect([vectors.allowed.length, vectors.refused.length].every((n) => n >= 30)).toBe(true);
    expect(new Set(all.map((c) => c.name)).size).toBe(all.length);
  });

  it.each(vectors.allowed)('allows: $name', ({ judged, action, reason }) => {
    const decision = decide(policy, { ...vectors.base, ...judged });
    expect({ action: decision.action, ...(reason === undefined ? {} : { reason: decision.reason }) }).toEqual({ action: action ?? 'PASS', ...(reason === undefined ? {} : { reason }) });
  });

  it.each(vectors.refused)('refuses: $name', ({ judged, reason }) => {
    const { action, reason: given } = decide(policy, { ...vectors.base, ...judged });
    expect({ action, reason: given }).toEqual({ action: 'BLOCK', reason });
  });

  it('the_facts_of_a_command_are_those_that_the_shell_reader_gives', () => {
    const cases = all.filter((c) => c.command !== undefined);
    expect(cases.length).toBeGreaterThan(30);
    for (const { command = '', judged } of cases) {
      const { fault, opaque, programs, commands } = shell(command, vectors.base);
      const given = judged.shell;
      expect([command, fault, opaque === null, programs, commands]).toEqual([command, given?.fault, given?.opaque === null, given?.programs, given?.commands]);
    }
  });

  it.each(vectors.content ?? [])('content: $name', ({ text, secrets }) => {
    expect([...new Set(scanContent(core, policy, text.join('')).secrets.map((s) => s.label))].sort()).toEqual(secrets);
  });
});
