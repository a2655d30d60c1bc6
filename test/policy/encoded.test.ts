/** Secrets that are encoded once: base64, percent escapes, escapes of JSON. */
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { redact, scanContent } from '../../host/policy/index.ts';
import { SECRET_RULES } from '../../host/policy/secrets/rules.ts';
import { cpuMs } from '../support/cpu.ts';
import { made } from '../support/made.ts';
import { exampleSecret } from '../support/secrets.ts';
import { core, policy, seeded, utf8 } from './given.ts';

const plain = policy('');
const key = utf8('a key of thirty-two bytes or such');
const found = (text: string): string[] => scanContent(core, plain, text).secrets.map((s) => text.slice(s.start, s.end));
const redacted = (text: string): string => redact(core, key, plain, text).text;

const hex = (c: string, digits: number): string => c.charCodeAt(0).toString(16).padStart(digits, '0');
const percentAll = (text: string): string => text.replaceAll(/[^]/g, (c) => `%${hex(c, 2)}`);
const unicodeAll = (text: string): string => text.replaceAll(/[^]/g, (c) => `\\u${hex(c, 4)}`);
const url64 = (text: string): string => Buffer.from(text).toString('base64url');
const lines64 = (text: string): string => btoa(text).replaceAll(/.{76}/g, '$&\n');

const WAYS: readonly [string, (text: string) => string][] = [
  ['base64', btoa],
  ['base64url without padding', url64],
  ['base64 in lines of 76', (text) => lines64(`# a file with a few words in front of what matters\n${text}\n`)],
  ['percent escapes as a URL needs them', encodeURIComponent],
  ['percent escapes alone', percentAll],
  ['JSON with every slash escaped', (text) => JSON.stringify(text).replaceAll('/', '\\/')],
  ['unicode escapes alone', unicodeAll],
  ['unicode escapes of what is no letter', (text) => text.replaceAll(/[^A-Za-z0-9]/g, (c) => `\\u${hex(c, 4)}`)],
];

describe.each(WAYS)('%s', (_, encode) => {
  it('every_example_of_every_rule_is_found', () => {
    const random = seeded(7);
    const missed: string[] = [];
    for (const rule of SECRET_RULES) {
      for (const template of rule.examples) {
        const text = encode(made(template, random));
        if (found(`a = "${text}";`).length === 0) missed.push(`${rule.label}: ${template}`);
      }
    }
    expect(missed).toEqual([]);
  });

  it('nothing_of_the_value_is_left_and_the_placeholder_is_the_same_each_time', () => {
    const secret = exampleSecret();
    const text = `one ${encode(`x ${secret} y`)} two \u00e9 ${encode(`x ${secret} y`)}`;
    const out = redacted(text);
    expect(out).toMatch(/^one .*\[REDACTED:github-token:[a-z2-7]{10}\].* two \u00e9 .*\[REDACTED:github-token:[a-z2-7]{10}\]/s);
    expect(new Set(out.match(/\[REDACTED:[^\]]*\]/g)).size).toBe(1);
    for (const whole of [secret, encode(secret).slice(8, -8)]) expect(out).not.toContain(whole);
    expect(redacted(out)).toBe(out);
  });

  it('an_exception_for_the_value_holds', () => {
    const secret = exampleSecret();
    const digest = createHash('sha256').update(secret).digest('hex');
    expect(scanContent(core, policy(`allow_secrets: ["sha256:${digest}"]`), encode(`x ${secret} y`)).secrets).toEqual([]);
  });
});

describe('what is redacted', () => {
  const secret = exampleSecret();
  it('of_base64_the_whole_run_with_its_padding', () => {
    const run = btoa(`user:${secret}`);
    expect(found(`data: ${run}\n`)).toEqual([run]);
  });

  it('of_escapes_the_value_alone', () => {
    expect(found(`?t=${percentAll(secret)}&u=1`)).toEqual([percentAll(secret)]);
    expect(found(`{"t":"${unicodeAll(secret)}","u":1}`)).toEqual([unicodeAll(secret)]);
  });

  it('base64_behind_an_escape_is_a_run_of_its_own', () => {
    expect(found(`{"a":"x\\n${btoa(`k ${secret}`)}\\n"}`)).toEqual([btoa(`k ${secret}`)]);
  });

  it('an_exception_for_the_encoded_form_holds', () => {
    const run = btoa(`user:${secret}!`);
    expect(scanContent(core, policy(`allow_secrets: ["${run}"]`), `data: ${run}\n`).secrets).toEqual([]);
  });
});

it.each([['%41'], ['\\u0041'], ['A'], [`${btoa('a line of text that is none')}\n`], [`${btoa('ghp_ghp_ghp_')}\n`], ['%'], ['\\'], ['%u'], ['\\u00'], [`${'QUJD'.repeat(19)}\n`]])('a_flood_of_%j_takes_linear_time', (unit) => {
  const best = (size: number): number => {
    const text = utf8(unit.repeat(size / unit.length));
    return Math.min(...Array.from({ length: 5 }, () => {
      const from = cpuMs();
      scanContent(core, plain, text);
      return cpuMs() - from;
    }));
  };
  // Eight times the bytes: eight times as long if linear, sixty-four times if not.
  expect(best(480_000)).toBeLessThan(best(60_000) * 24 + 20);
});
