/** The table of secret rules: what each finds and leaves alone, in the files that secrets stand in. */
import { describe, expect, it } from 'vitest';
import { redact, scanContent } from '../../host/policy/index.ts';
import { SECRET_RULES } from '../../host/policy/secrets/rules.ts';
import type { SecretRule } from '../../host/policy/secrets/rule.ts';
import { made } from '../support/made.ts';
import { core, policy, seeded, utf8 } from './given.ts';

const plain = policy('');
const key = utf8('a key of thirty-two bytes or such');
const labels = (text: string): string[] => scanContent(core, plain, text).secrets.map((s) => s.label);

describe.each(SECRET_RULES)('rule $label', (rule) => {
  const random = seeded(1);
  it.each(rule.examples)('finds %s', (template) => {
    const text = made(template, random);
    for (const around of [text, `x ${text} y`, `"${text}"`, `\u00e9\u{1f600} ${text}\n\u00e9`]) expect([around, labels(around)]).toEqual([around, [rule.label]]);
    expect(JSON.parse(redact(core, key, plain, JSON.stringify({ text })).text)).toBeTypeOf('object');
  });

  it.each(rule.counterexamples)('leaves %s', (template) => {
    const text = made(template, random);
    // A value that is no key of this service may well be a secret.
    const found = labels(text).filter((label) => rule.assigned !== true || label === rule.label);
    expect([text, found]).toEqual([text, []]);
  });

  it('is_well_formed', () => {
    expect(rule.label).toMatch(/^[a-z0-9-]{1,40}$/);
    expect(rule.examples.length > 0 && rule.counterexamples.length > 0).toBe(true);
    for (const word of rule.keywords) expect(word).toMatch(/^[\x20-\x7e]{3,}$/);
    if (rule.lead !== undefined) expect(rule.lead.source).toMatch(/\$$/);
  });
});

describe('encoded bytes', () => {
  it('in_half_a_megabyte_of_base64_no_secret_turns_up_by_chance', () => {
    const random = seeded(11);
    const zeros = Array.from({ length: 4000 }, () => (random(3) === 0 ? made('EAAB<b64:40>', random) : made('<b64:60>AAAA', random))).join('');
    expect(labels(`const image = "data:image/png;base64,${zeros}";`)).toEqual([]);
    expect(labels(made('<b64:250000>', random))).toEqual([]);
    expect(labels(`image = "${made('<alnum:200>EAAB<alnum:10>EAAC<alnum:10>EAAD<alnum:10>'.repeat(40), random)}"`)).toEqual([]);
  });
});

/** A name and a value as five kinds of files write them. */
const FILES: readonly [string, (name: string, value: string) => string][] = [
  ['JSON', (name, value) => `{\n  "a": 1,\n  ${JSON.stringify(name)}: ${JSON.stringify(value)},\n  "b": [true]\n}\n`],
  ['JSON in JSON', (name, value) => JSON.stringify(JSON.stringify({ a: 1, [name]: value }))],
  ['YAML', (name, value) => `service:\n  region: eu\n  ${name}: ${JSON.stringify(value)}\n  replicas: 2\n`],
  ['.env', (name, value) => `# settings\nPORT=8080\n${name}=${JSON.stringify(value)}\nDEBUG=\n`],
  ['shell', (name, value) => `#!/bin/sh\nset -eu\nexport ${name}='${value}'\nexec server --port 8080\n`],
  ['source', (name, value) => `import os\n\n${name} = "${value.replaceAll('\n', '\\n')}"\nclient = Client(${name})\n`],
];

/** Of an example that assigns, name and value; else the whole of it as a value. */
function parts(rule: SecretRule, text: string): readonly [string, string] {
  const assigned = rule.assigned === true ? /^["']?([\w.-]+)["']?\s*[=:](?!\/\/)\s*(["']?)([^\s"']+)\2$/.exec(text) : null;
  return assigned === null ? ['SERVICE_CREDENTIAL', text] : [assigned[1] ?? '', assigned[3] ?? ''];
}

/** Three spellings of one thing: which of them finds it hangs on the file. */
const GENERAL = ['assigned-secret', 'env-secret', 'yaml-secret'];

describe('recall', () => {
  it.each(SECRET_RULES)('of 200 made $label all are found, in JSON, YAML, .env, shell and source', (rule) => {
    const random = seeded(20261121);
    const missed: string[] = [];
    for (let i = 0; i < 200; i++) {
      const text = made(rule.examples[i % rule.examples.length] ?? '', random);
      const [file, write] = FILES[Math.floor(i / rule.examples.length) % FILES.length] ?? FILES[0] ?? ['', () => ''];
      const whole = write(...parts(rule, text));
      if (!labels(whole).some((label) => label === rule.label || (GENERAL.includes(label) && GENERAL.includes(rule.label)))) missed.push(`${file}: ${whole} has ${labels(whole).join()}`);
    }
    expect([missed.length, missed.slice(0, 3)]).toEqual([0, []]);
  });
});
