/** The JSON Schema and the parser accept and refuse the same documents, but for what a schema cannot say. */
import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { parse } from 'yaml';
import { describe, expect, it } from 'vitest';
import { parsePolicy, templateNames, templateText } from '../../host/policy/index.ts';
import { core, seeded, utf8 } from './given.ts';

const schema = JSON.parse(readFileSync(new URL('../../schemas/policy-v1.schema.json', import.meta.url), 'utf8')) as { readonly $id: string; readonly properties: object };
const validate = new Ajv({ strict: true, allowUnionTypes: true, strictRequired: false }).compile(schema);
const parses = (value: unknown): boolean => parsePolicy(core, utf8(JSON.stringify(value))).ok;

const ANY: readonly unknown[] = [null, true, false, 0, 1, -1, 1.5, 'yes', 'off', '', 'x', [], ['x'], [1], [null], {}, { a: 'b' }, { enabled: false }, { enabled: true }, { enabled: 'off', x: 1 }];
const ROUTES: readonly unknown[] = [
  { action: 'PASS' },
  { action: 'pass' },
  { action: 'TRANSFORM' },
  { action: 'TRANSFORM', transform: 'redact-secrets' },
  { action: 'BLOCK', reason: 'no' },
  { action: 'BLOCK', reason: 'no no' },
  { action: 'LOCAL', executor: 'builtin:read', max_output_tokens: 5, classifier: 'bash-allowlist' },
  { action: 'PASS', classifier: 'x' },
  { action: 'PASS', max_output_tokens: -1 },
  { action: 'PASS', executor: '' },
  { action: 'ASK', more: 1 },
  {},
  'PASS',
];
const VALUES: { readonly [member: string]: readonly unknown[] } = {
  version: [1, 1, 1, 1, 1, 1, 2, '1', null],
  block_secrets_in_tool_results: [true, false],
  redact_secrets_in_tool_results: [true, false],
  distill_tool_results: [true, false],
  block_requests_over_budget: [true, false],
  identity_approval: [false, 'off', null, true],
  entropy_secret_detection: [false, 'on', { enabled: false }],
  opaque_commands: ['pass', 'ask', 'block', 'Pass'],
  deny_paths: [['.env'], ['~/.ssh', '/etc'], [], ['!x'], ['a'.repeat(5_000)]],
  allow_paths: [['${cwd}'], [], ['x', 2]],
  deny_commands: [['git push'], ['rm -rf', 'curl *'], ['a; b'], ['-x'], ['* x'], [' '], ['a*']],
  deny_patterns: [{ a: 'b' }, { 'a b': '(?i)c' }, { '1a': 'b' }, { constructor: 'b' }, { a: '' }, { a: 1 }, null],
  allow_secrets: [[`sha256:${'a'.repeat(64)}`], ['sha256:abc'], ['*'], ['abcd'], ['a*b?cd'], ['abc']],
  secret_sets: [['finance'], [], ['finance', 'finance'], ['finanse'], ['constructor']],
  limits: [{}, null, { max_tool_calls_per_round: 5 }, { max_bash_calls_per_round: 0, max_bytes_to_model_per_round: 9 }, { max: 1 }, { max_tool_calls_per_round: -1 }, { max_tool_calls_per_round: 1.5 }, { max_tool_calls_per_round: '5' }, { max_tool_calls_per_round: null }, { max_local_matches: 1 }, { max_local_matches: 0 }, { max_local_result_bytes: 16_777_216 }, { max_local_result_bytes: 16_777_217 }, { max_local_depth: 64 }, { max_local_depth: 65 }, { max_local_milliseconds: 60_000 }, { max_local_milliseconds: 60_001 }],
  tools: [{}, null, ...ROUTES.map((route) => ({ Read: route })), ...ROUTES.map((route) => ({ '*': route, mcp__a__b: { action: 'PASS' } })), { 'a b': { action: 'PASS' } }, { prototype: { action: 'PASS' } }],
  deny_path: [[]],
  toString: [{}],
};

describe('schema and parser', () => {
  it('agree_on_every_value_of_every_member', () => {
    for (const [member, values] of Object.entries(VALUES)) {
      for (const value of [...values, ...ANY]) {
        const text = { version: 1, [member]: value };
        expect([text, validate(text)]).toEqual([text, parses(text)]);
      }
    }
  });

  it('agree_on_documents_put_together_by_chance', () => {
    const random = seeded(17);
    const pick = <T>(list: readonly T[]): T => list[random(list.length)] as T;
    const seen = { accepted: 0, refused: 0 };
    for (let round = 0; round < 1_500; round++) {
      const text: { [member: string]: unknown } = random(12) === 0 ? {} : { version: pick(VALUES['version'] ?? []) };
      for (let i = random(4); i > 0; i--) {
        const member = pick(Object.keys(VALUES).filter((m) => m !== 'version' && (m !== 'deny_path' || random(4) === 0)));
        text[member] = random(9) === 0 ? pick(ANY) : pick(VALUES[member] ?? []);
      }
      const good = validate(text);
      expect([text, good]).toEqual([text, parses(text)]);
      seen[good ? 'accepted' : 'refused']++;
    }
    expect(seen.accepted > 150 && seen.refused > 150).toBe(true);
  });

  it.each<[string, unknown]>([
    ['a rule with ..', { deny_paths: ['a/../b'] }],
    ['a rule that begins with ./', { deny_paths: ['./a'] }],
    ["another user's home", { deny_paths: ['~root'] }],
    ['an unknown variable', { allow_paths: ['${x}'] }],
    ['an anchor inside braces', { deny_paths: ['{~/a,/b}'] }],
    ['a class that is not closed', { deny_paths: ['[a'] }],
    ['blanks for a rule', { deny_paths: [' '] }],
    ['a pattern that is none', { deny_patterns: { a: '(' } }],
    ['look-around', { deny_patterns: { a: '(?=x)y' } }],
    ['a pattern that costs too much', { deny_patterns: { a: 'x.{0,400}y.{0,400}z' } }],
    ['one tool by two names', { tools: { Read: { action: 'PASS' }, read_file: { action: 'PASS' } } }],
  ])('only the parser refuses: %s', (_name, more) => {
    const text = { version: 1, ...(more as object) };
    expect([validate(text), parses(text)]).toEqual([true, false]);
  });

  it('only_the_parser_sees_how_a_text_is_spelt', () => {
    for (const text of ['version: 1\nversion: 1\n', 'version: 1.0\n', 'version: 1\n---\nversion: 1\n', 'version: &a 1\n']) expect(parsePolicy(core, utf8(text)).ok).toBe(false);
  });

  it('the_schema_has_a_version_in_its_id', () => {
    expect(schema.$id).toMatch(/policy-v1\.schema\.json$/);
  });

  it.each(templateNames)('the template %s fits the schema', (name) => {
    expect(validate(parse(templateText(name)))).toBe(true);
  });
});
