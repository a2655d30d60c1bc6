/** The templates against what developers do and what attackers try: `test/vectors/policy`. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { decide, templateNames } from '../../host/policy/index.ts';
import type { Judged, Preset } from '../../host/policy/types.ts';
import { template } from './given.ts';

interface Case {
  readonly name: string;
  readonly judged: Partial<Judged>;
  readonly action?: string;
  readonly reason?: string;
}

interface Vectors {
  readonly preset: Preset;
  readonly base: Judged;
  readonly allowed: readonly Case[];
  readonly refused: readonly Case[];
}

describe.each(templateNames)('template %s', (name) => {
  const vectors = JSON.parse(readFileSync(new URL(`../vectors/policy/${name}.json`, import.meta.url), 'utf8')) as Vectors;
  const policy = template(name, vectors.preset);

  it('has_enough_of_both', () => {
    expect([vectors.allowed.length, vectors.refused.length].every((n) => n >= 15)).toBe(true);
    expect(new Set([...vectors.allowed, ...vectors.refused].map((c) => c.name)).size).toBe(vectors.allowed.length + vectors.refused.length);
  });

  it.each(vectors.allowed)('allows: $name', ({ judged, action, reason }) => {
    const decision = decide(policy, { ...vectors.base, ...judged });
    expect({ action: decision.action, ...(reason === undefined ? {} : { reason: decision.reason }) }).toEqual({ action: action ?? 'PASS', ...(reason === undefined ? {} : { reason }) });
  });

  it.each(vectors.refused)('refuses: $name', ({ judged, reason }) => {
    const { action, reason: given } = decide(policy, { ...vectors.base, ...judged });
    expect({ action, reason: given }).toEqual({ action: 'BLOCK', reason });
  });
});
