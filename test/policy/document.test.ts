/** `docs/policy.md` says what is so. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { DEFAULTS, parsePolicy, reasonSentence, reasons } from '../../host/policy/index.ts';
import { MEMBERS } from '../../host/policy/members.ts';
import { core, utf8 } from './given.ts';

const page = readFileSync(new URL('../../docs/policy.md', import.meta.url), 'utf8');

describe('docs/policy.md', () => {
  it('every_example_is_a_policy_without_fault_or_warning', () => {
    const examples = [...page.matchAll(/^```yaml\n(.*?)^```/gms)].map((m) => m[1] ?? '');
    expect(examples.length).toBeGreaterThan(1);
    for (const example of examples) expect([example, parsePolicy(core, utf8(example))]).toMatchObject([example, { ok: true, warnings: [] }]);
  });

  it('names_every_member', () => {
    for (const member of [...Object.keys(MEMBERS), ...Object.keys(DEFAULTS.limits)]) expect(page).toContain(`\`${member}\``);
  });

  it('lists_every_reason_with_its_sentence', () => {
    const table = reasons.map((code) => `| \`${code}\` | ${reasonSentence(code)} |\n`).join('');
    expect(page.endsWith(table)).toBe(true);
  });
});
