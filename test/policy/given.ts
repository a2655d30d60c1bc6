/** What the tests of this room start from. */
import { compilePolicy, parsePolicy, templateText, type Policy, type PolicyDocument, type PolicyFault, type TemplateName } from '../../host/policy/index.ts';
import type { Judged, Preset } from '../../host/policy/types.ts';
import { loadCore } from '../support/core.ts';

export const core = loadCore();

export const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

export function document(text: string): PolicyDocument {
  const parsed = parsePolicy(core, utf8(text));
  if (!parsed.ok) throw new Error(`the test's policy has faults: ${JSON.stringify(parsed.faults)}`);
  return parsed.document;
}

/** `version: 1` is put in front. */
export function policy(text: string, preset: Preset = 'balanced'): Policy {
  return compilePolicy(core, document(`version: 1\n${text}`), preset);
}

export function template(name: TemplateName, preset: Preset = 'balanced'): Policy {
  return compilePolicy(core, document(templateText(name)), preset);
}

export function faults(text: string | Uint8Array): readonly PolicyFault[] {
  const parsed = parsePolicy(core, typeof text === 'string' ? utf8(text) : text);
  return parsed.ok ? [] : parsed.faults;
}

export const BASE: Judged = {
  direction: 'inbound',
  door: 'wire',
  tool: 'read_file',
  class: 'read',
  flavour: 'posix',
  home: '/home/dev',
  cwd: '/home/dev/app',
  self: { home: '/home/dev/.occasio', pid: 4242, port: 8123 },
};

export function judged(more: Partial<Judged>): Judged {
  return { ...BASE, ...more };
}

export function reads(...resolved: string[]): Judged {
  return judged({ paths: [{ asked: resolved[0] ?? '', access: 'read', resolved }] });
}

export function shell(commands: readonly string[], more: Partial<Judged> = {}, opaque: string | null = null): Judged {
  const programs = [...new Set(commands.map((c) => (c.split(' ').find((w) => !/^\w+=/.test(w)) ?? '').replace(/^.*\//, '')))];
  return judged({ tool: 'shell_bash', class: 'shell', shell: { fault: null, opaque, programs, commands }, ...more });
}

/** Seeded pseudo-random numbers below n (mulberry32). */
export function seeded(seed: number): (n: number) => number {
  let state = seed;
  return (n) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % n;
  };
}
