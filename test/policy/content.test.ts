/** Secrets in content: what is found, what is left alone, what stands in its place. */
import { createHash, createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { maskSecrets, redact, scanContent } from '../../host/policy/index.ts';
import { scanRuleOf } from '../../host/policy/secrets/tabled.ts';
import { PLACEHOLDER } from '../../host/policy/secrets/exceptions.ts';
import { SECRET_RULES } from '../../host/policy/secrets/rules.ts';
import type { SecretRule } from '../../host/policy/secrets/rule.ts';
import { made } from '../support/made.ts';
import { exampleSecret } from '../support/secrets.ts';
import { core, policy, seeded, utf8 } from './given.ts';
import { referenceScanner } from './reference.ts';
import { cpuMs } from '../support/cpu.ts';

const plain = policy('');
const key = utf8('a key of thirty-two bytes or such');
const redacted = (text: string): string => redact(core, key, plain, text).text;

describe('scanning', () => {
  it('labels_are_unique', () => {
    expect(new Set(SECRET_RULES.map((r) => r.label)).size).toBe(SECRET_RULES.length);
  });

  it('the_core_finds_what_a_plain_scanner_finds', () => {
    const random = seeded(99);
    const group = 16;
    for (let first = 0; first < SECRET_RULES.length; first += group) compare(SECRET_RULES.slice(first, first + group), random);
  });

  function compare(table: readonly SecretRule[], random: (n: number) => number): void {
    const rules = table.map(scanRuleOf);
    const [theirs, mine] = [core.scanner(rules), referenceScanner(rules)];
    const parts = [...table.flatMap((r) => [...r.examples, ...r.counterexamples].map((text) => made(text, random)).concat(r.keywords)), ' ', '\n', '"', 'x', '=', '-----', '.', 'eyJ', ''];
    for (let round = 0; round < 20; round++) {
      let text = '';
      for (let i = random(6); i >= 0; i--) {
        const part = parts[random(parts.length)] ?? '';
        text += random(3) === 0 ? part.slice(0, random(part.length + 1)) : part;
      }
      expect([text, theirs.scan(utf8(text))]).toEqual([text, mine.scan(utf8(text))]);
      expect([text, theirs.each(utf8(text))]).toEqual([text, mine.each(utf8(text))]);
    }
  }

  it('places_are_units_of_a_string_and_bytes_of_bytes', () => {
    const secret = exampleSecret();
    const text = `\u00e9\u{1f600}\u20ac ${secret} \u00e9`;
    const [inText] = scanContent(core, plain, text).secrets;
    expect(text.slice(inText?.start, inText?.end)).toBe(secret);
    const bytes = utf8(text);
    const [inBytes] = scanContent(core, plain, bytes).secrets;
    expect(new TextDecoder().decode(bytes.subarray(inBytes?.start, inBytes?.end))).toBe(secret);
  });

  it('deny_patterns_answer_by_label_in_the_order_of_the_policy', () => {
    const p = policy("deny_patterns: {zeta: 'project x', alpha: '(?i)SECRET', never: 'qqq'}");
    expect(scanContent(core, p, 'a Secret of project x').patterns).toEqual(['zeta', 'alpha']);
    expect(scanContent(core, p, 'x').patterns).toEqual([]);
    expect(scanContent(core, policy("deny_patterns: {short: 'q'}"), 'q').patterns).toEqual(['short']);
  });

  it('a_flood_of_prefixes_is_scanned_in_linear_time', () => {
    const time = (text: string): number => {
      const bytes = utf8(text);
      const started = cpuMs();
      scanContent(core, plain, bytes);
      return cpuMs() - started;
    };
    for (const word of ['eyJ', 'eyJaaaaaaaaaa.', 'sk-ant-', 'sk-proj-', '-----BEGIN ', '-----BEGIN PRIVATE KEY-----', 'postgres://a:', 'http://a:password@', 'eyJhbGciOiJIU.eyJexampleexample.exampleexampleexample', 'ghp_', 'xoxb-1-']) {
      const small = word.repeat(Math.ceil(100_000 / word.length));
      time(small);
      expect([word, time(small.repeat(4)) < 2_000]).toEqual([word, true]);
    }
  });
});

describe('redaction', () => {
  const secret = exampleSecret();
  it('the_placeholder_is_the_HMAC_of_the_value', () => {
    const digest = createHmac('sha256', key).update(secret).digest();
    let bits = '';
    for (const byte of digest) bits += byte.toString(2).padStart(8, '0');
    const mark = Array.from({ length: 10 }, (_, i) => 'abcdefghijklmnopqrstuvwxyz234567'[parseInt(bits.slice(i * 5, i * 5 + 5), 2)] ?? '').join('');
    expect(redact(core, key, plain, `token ${secret}.`)).toEqual({ text: `token [REDACTED:github-token:${mark}].`, count: 1, labels: ['github-token'] });
    expect(`[REDACTED:github-token:${mark}]`).toMatch(PLACEHOLDER);
  });

  it('the_same_value_has_the_same_placeholder_wherever_it_stands_and_another_key_another', () => {
    const [one, two] = [redacted(`a=${secret}`), redacted(`"b": "${secret}"`)];
    const mark = /\[REDACTED:[^\]]+\]/.exec(one)?.[0];
    expect(two).toBe(`"b": "${mark ?? ''}"`);
    expect(redact(core, utf8('another key'), plain, `a=${secret}`).text).not.toBe(one);
  });

  it('a_text_without_secrets_is_the_very_same', () => {
    for (const text of ['', 'nothing here', 'lone \ud800 surrogate', '\u{1f600}'.repeat(5)]) expect(redact(core, key, plain, text)).toEqual({ text, count: 0, labels: [] });
  });

  it('what_is_around_a_secret_stays_as_it_is', () => {
    expect(redacted(`\ud800 ${secret} \udc00`)).toMatch(/^\ud800 \[REDACTED:github-token:[a-z2-7]{10}\] \udc00$/);
  });

  it('redacting_twice_is_redacting_once', () => {
    const random = seeded(4);
    const examples = SECRET_RULES.flatMap((r) => r.examples.map((text) => made(text, random)));
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.constantFrom(...examples), fc.constantFrom(' ', '\n', '"', ':', '@', '=', 'sk-', 'ghp_', '[REDACTED:', ']'), fc.string({ maxLength: 6 })), { maxLength: 6 }), (parts) => {
        const once = redacted(parts.join(''));
        return redacted(once) === once && scanContent(core, plain, once).secrets.length === 0;
      }),
      { seed: 3, numRuns: 300 },
    );
  });

  it('neighbours_are_all_redacted', () => {
    const out = redacted(`${secret} ${secret},${secret}\n${secret}`);
    expect(out.split('[REDACTED:').length - 1).toBe(4);
    expect(out).not.toContain(secret.slice(0, 12));
  });

  it('a_token_inside_another_finding_is_not_lost', () => {
    for (const text of [`https://${secret}:x-oauth-basic@github.com/a`, `https://user:${secret}@github.com`, `postgres://${secret}:password@h.example`, `https://${secret}:password@${secret}`]) {
      expect(redacted(text)).not.toContain(secret.slice(0, 20));
    }
  });

  it('a_stand_in_beside_a_secret_does_not_cover_it', () => {
    const glued = `ghp_${'x'.repeat(35)}${secret}`;
    expect(redacted(glued)).not.toContain(secret);
  });

  it('a_forged_placeholder_hides_no_secret', () => {
    expect(redacted(`[REDACTED:x:${secret}]`)).not.toContain(secret);
    expect(redacted(`[REDACTED:github-token:aaaaaaaaaa]${secret}`)).not.toContain(secret);
  });

  it('a_mask_says_the_kind_alone', () => {
    expect(maskSecrets(core, plain, `/srv/${secret}/x`)).toBe('/srv/[SECRET:github-token]/x');
    expect(maskSecrets(core, plain, '/srv/x')).toBe('/srv/x');
  });
});

describe('allow_secrets', () => {
  const secret = exampleSecret();
  const digest = createHash('sha256').update(secret).digest('hex');
  it.each([
    ['a digest', `sha256:${digest}`],
    ['a digest in capitals', `sha256:${digest.toUpperCase()}`],
    ['the value', secret],
    ['a wildcard', `${secret.slice(0, 12)}*`],
  ])('lets through by %s', (_name, entry) => {
    expect(scanContent(core, policy(`allow_secrets: ["${entry}"]`), `x ${secret}`).secrets).toEqual([]);
  });

  it('lets_no_other_through', () => {
    const p = policy(`allow_secrets: ["sha256:${digest.replace(/^./, (c) => (c === '0' ? '1' : '0'))}", "${secret.slice(0, 12)}", "x*${secret.slice(8)}"]`);
    expect(scanContent(core, p, `x ${secret}`).secrets).toHaveLength(1);
  });
});
