/** What a policy text may not be, each with its line and column; and what is read from one that is good. */
import { describe, expect, it } from 'vitest';
import { DEFAULTS, parsePolicy, templateNames, templateText } from '../../host/policy/index.ts';
import { core, document, faults, seeded, utf8 } from './given.ts';
import { cpuMs } from '../support/cpu.ts';

const first = (text: string | Uint8Array): string => {
  const [fault] = faults(text);
  return fault === undefined ? 'none' : `${fault.line}:${fault.column} ${fault.message}${fault.hint === undefined ? '' : ` ${fault.hint}`}`;
};

const V = 'version: 1\n';

describe('a good policy', () => {
  it('the_shortest_has_the_defaults', () => {
    expect(document(V)).toEqual(DEFAULTS);
    expect(document('version: 1')).toEqual(DEFAULTS);
    expect(document('# a comment\r\nversion: 1\r\n')).toEqual(DEFAULTS);
  });

  it('every_member_is_read', () => {
    const text = `version: 1
block_secrets_in_tool_results: true
redact_secrets_in_tool_results: false
distill_tool_results: false
block_requests_over_budget: true
identity_approval: false
entropy_secret_detection: off
opaque_commands: ask
deny_paths: [.env, ~/.ssh]
allow_paths: ["\${cwd}"]
deny_commands: [git push]
vouched_commands: [npm test, node scripts/check.mjs]
deny_patterns: {project: '(?i)project\\s+x', card: '/\\d{16}/'}
allow_secrets: ["sha256:${'0'.repeat(64)}", my-test-key*]
secret_sets: [finance]
limits: {max_tool_calls_per_round: 5, max_bash_calls_per_round: 2, max_bytes_to_model_per_round: 1000, max_local_result_bytes: 1024, max_local_matches: 9, max_local_depth: 3, max_local_milliseconds: 60000}
tools:
  Read: {action: LOCAL, executor: "builtin:read", classifier: read-input-validator}
  shell_bash: {action: BLOCK, reason: no-shell}
`;
    expect(document(text)).toEqual({
      version: 1,
      block_secrets_in_tool_results: true,
      redact_secrets_in_tool_results: false,
      distill_tool_results: false,
      block_requests_over_budget: true,
      opaque_commands: 'ask',
      deny_paths: ['.env', '~/.ssh'],
      allow_paths: ['${cwd}'],
      deny_commands: ['git push'],
      vouched_commands: ['npm test', 'node scripts/check.mjs'],
      deny_patterns: [{ label: 'project', pattern: '(?i)project\\s+x' }, { label: 'card', pattern: '/\\d{16}/' }],
      allow_secrets: [`sha256:${'0'.repeat(64)}`, 'my-test-key*'],
      secret_sets: ['finance'],
      limits: { max_tool_calls_per_round: 5, max_bash_calls_per_round: 2, max_bytes_to_model_per_round: 1000, max_local_result_bytes: 1024, max_local_matches: 9, max_local_depth: 3, max_local_milliseconds: 60_000 },
      tools: [
        { tool: 'read_file', action: 'LOCAL', executor: 'builtin:read', classifier: 'read-input-validator' },
        { tool: 'shell_bash', action: 'BLOCK', reason: 'no-shell' },
      ],
    });
  });

  it.each(templateNames)('the template %s has neither fault nor warning', (name) => {
    expect(parsePolicy(core, utf8(templateText(name)))).toMatchObject({ ok: true, warnings: [] });
  });

  it.each([
    ['distill_tool_results: true', 'Cannot act on "distill_tool_results"'],
    ['tools: {WebFetch: {action: LOCAL}}', 'Cannot act on "tools.WebFetch"'],
    ['tools: {Read: {action: LOCAL, executor: x}}', 'no such executor'],
    ['tools: {Read: {action: TRANSFORM, transform: distill-output}}', 'not shortened'],
    ['tools: {Read: {action: PASS, max_output_tokens: 5}}', 'no effect'],
    ['tools: {Reed: {action: PASS}}', 'Cannot find tool "Reed"'],
    ['tools: {Bash: {action: ASK}}', 'nobody can be asked'],
  ])('warns: %s', (text, wanted) => {
    const parsed = parsePolicy(core, utf8(V + text));
    expect(parsed.ok && parsed.warnings.map((w) => `${w.line} ${w.message}`).join()).toContain(wanted);
    expect(parsed.ok && parsed.warnings[0]?.line).toBe(2);
  });
});

describe('a bad policy', () => {
  it.each<[string, string | Uint8Array, string]>([
    ['nothing', '', '1:1 Cannot read "policy": it is empty'],
    ['a comment alone', '# x\n', '1:1 Cannot read "policy": it is empty'],
    ['a list', '- version: 1\n', '1:1 Cannot read "policy": a list'],
    ['a word', 'version 1\n', '1:1 Cannot read "policy": a single value'],
    ['no version', 'deny_paths: []\n', '1:1 Cannot read "policy": no version'],
    ['another version', 'version: 2\n', '1:10 Cannot read "version": 2, want version: 1'],
    ['a version with a point', 'version: 1.0\n', '1:10 Cannot read "version"'],
    ['a version in quotes', 'version: "1"\n', '1:10 Cannot read "version"'],
    ['a duplicate key', `${V}deny_paths: []\ndeny_paths: []\n`, '3:1 Cannot read "policy": a member stands twice'],
    ['a duplicate key by escape', `${V}"deny_\\x70aths": []\ndeny_paths: []\n`, '3:1 Cannot read "policy": a member stands twice'],
    ['a duplicate key deep down', `${V}limits: {max_tool_calls_per_round: 1, max_tool_calls_per_round: 2}\n`, '2:'],
    ['an unknown member', `${V}deny_path: []\n`, '2:1 Cannot read member "deny_path": it is not known Did you mean "deny_paths"?'],
    ['a member of another case', `${V}Deny_Paths: []\n`, '2:1 Cannot read member "Deny_Paths": it is not known Did you mean "deny_paths"?'],
    ['__proto__', `${V}__proto__: {deny_paths: []}\n`, '2:1 Cannot read member "__proto__"'],
    ['constructor', `${V}constructor: {}\n`, '2:1 Cannot read member "constructor"'],
    ['toString', `${V}toString: {}\n`, '2:1 Cannot read member "toString"'],
    ['__proto__ as a label', `${V}deny_patterns: {__proto__: x}\n`, '2:17 Cannot use label "__proto__"'],
    ['constructor as a label', `${V}deny_patterns: {constructor: x}\n`, '2:17 Cannot use label "constructor"'],
    ['__proto__ as a tool', `${V}tools: {__proto__: {action: PASS}}\n`, '2:9 Cannot use entry "tools.__proto__"'],
    ['__proto__ as a limit', `${V}limits: {__proto__: 1}\n`, '2:10 Cannot read limit "__proto__"'],
    ['an anchor', `${V}deny_paths: &a [x]\n`, '2:16 Cannot read "policy": an anchor'],
    ['an alias', `${V}deny_paths: &a [x]\nallow_paths: *a\n`, '2:16 Cannot read "policy": an anchor'],
    ['an alias to nothing', `${V}allow_paths: *a\n`, '2:14 Cannot read "policy": an alias'],
    ['a glob taken for an alias', `${V}deny_paths:\n  - *.pem\n`, '3:5 Cannot read "policy": an alias'],
    ['a merge key', `${V}<<: {deny_paths: [x]}\n`, '2:1 Cannot read "policy": a merge key'],
    ['a tag', `${V}deny_paths: !!set {x}\n`, '2:19 Cannot read "policy": a tag'],
    ['a tag on a value', `${V}block_requests_over_budget: !!bool "true"\n`, '2:'],
    ['an omap', `${V}limits: !!omap [a: 1]\n`, '2:'],
    ['a negated glob taken for a tag', `${V}deny_paths:\n  - !keep\n`, '3:'],
    ['a directive', '%YAML 1.1\n---\nversion: 1\n', '1:1 Cannot read "policy": a % directive'],
    ['two documents', `${V}---\n${V}`, '2:1 Cannot read "policy": a second document'],
    ['a tab as indentation', `${V}limits:\n\tmax_tool_calls_per_round: 1\n`, '3:1 Cannot read "policy": a tab'],
    ['a byte order mark', '\ufeffversion: 1\n', '1:1 Cannot read "policy": it begins with a byte order mark'],
    ['bytes that are not UTF-8', Uint8Array.of(...utf8(V), 0x23, 0xff, 0x0a), '2:2 Cannot read "policy": bytes that are not UTF-8'],
    ['UTF-16', Uint8Array.of(0xff, 0xfe, 0x76, 0), '1:1 Cannot read "policy": bytes that are not UTF-8'],
    ['a NUL', `${V}# \0\n`, '2:3 Cannot read "policy": a control character'],
    ['an escape', `${V}# \u001b[2J\n`, '2:3 Cannot read "policy": a control character'],
    ['a lone carriage return', 'version: 1\rdeny_paths: []\n', '1:11 Cannot read "policy": a control character'],
    ['too many bytes', `${V}#${'x'.repeat(262_144)}\n`, '1:1 Cannot read "policy": 262157 bytes, want at most 262144'],
    ['nesting', `${V}deny_paths: ${'['.repeat(20)}${']'.repeat(20)}\n`, '2:'],
    ['nesting by the thousand', `${V}deny_paths: ${'['.repeat(20_000)}\n`, ''],
    ['a key that is a list', `${V}? [a]\n: 1\n`, '2:3 Cannot read "policy": a member name'],
    ['a key that is a number', `${V}deny_patterns: {1: x}\n`, '2:17 Cannot read "policy": a member name that is no text'],
    ['a key that is null', `${V}deny_patterns: {~: x}\n`, '2:17'],
    ['no for false', `${V}redact_secrets_in_tool_results: no\n`, '2:33 Cannot read "redact_secrets_in_tool_results": the text "no", want false'],
    ['yes for true', `${V}block_secrets_in_tool_results: yes\n`, '2:32 Cannot read "block_secrets_in_tool_results": the text "yes", want true'],
    ['on for true', `${V}block_secrets_in_tool_results: on\n`, '2:32 Cannot read "block_secrets_in_tool_results": the text "on", want true'],
    ['a number for a boolean', `${V}block_secrets_in_tool_results: 1\n`, '2:32 Cannot read "block_secrets_in_tool_results": 1, want true or false'],
    ['nothing for a boolean', `${V}block_secrets_in_tool_results:\n`, '2:'],
    ['a text for a list', `${V}deny_paths: .env\n`, '2:13 Cannot read "deny_paths": the text ".env", want a list'],
    ['nothing for a list', `${V}deny_paths:\n`, '2:'],
    ['members for a list', `${V}deny_paths: {a: b}\n`, '2:13 Cannot read "deny_paths": members, want a list'],
    ['a number in a list', `${V}deny_paths:\n  - 1\n`, '3:5 Cannot read "deny_paths[0]": 1, want text'],
    ['a boolean in a list', `${V}deny_paths:\n  - true\n`, '3:5 Cannot read "deny_paths[0]"'],
    ['nothing in a list', `${V}deny_paths:\n  -\n`, '3:'],
    ['an empty rule', `${V}deny_paths: [""]\n`, '2:14 Cannot read "deny_paths[0]": an empty text'],
    ['a class that is not closed', `${V}deny_paths: ["a[b"]\n`, '2:14 Cannot use rule "deny_paths[0] a[b": a "[" that is not closed'],
    ['braces that are not closed', `${V}deny_paths: ["a{b"]\n`, '2:14 Cannot use rule "deny_paths[0] a{b": a "{" that is not closed'],
    ['a range the wrong way', `${V}deny_paths: ["[z-a]"]\n`, '2:14 Cannot use rule "deny_paths[0] [z-a]"'],
    ['a rule with ..', `${V}deny_paths: [a/../b]\n`, '2:14 Cannot use rule "deny_paths[0] a/../b": ".." in a rule'],
    ['a rule with a !', `${V}deny_paths: ["!a"]\n`, '2:14 Cannot use rule "deny_paths[0] !a": a leading "!"'],
    ['a rule that begins with ./', `${V}deny_paths: [./a]\n`, '2:14 Cannot use rule "deny_paths[0] ./a": a rule relative to nothing'],
    ["another user's home", `${V}deny_paths: [~root/x]\n`, `2:14 Cannot use rule "deny_paths[0] ~root/x": another user's home`],
    ['an unknown variable', `${V}deny_paths: ["\${HOEM}/x"]\n`, '2:14 Cannot use rule "deny_paths[0] ${HOEM}/x": a variable'],
    ['another variable', `${V}deny_paths: [$XDG_CONFIG_HOME/x]\n`, '2:14 Cannot use rule'],
    ['cwd in the middle', `${V}deny_paths: ["/a/\${cwd}"]\n`, '2:14 Cannot use rule'],
    ['cwd with a tail', `${V}deny_paths: ["\${cwd}x"]\n`, '2:14 Cannot use rule'],
    ['an anchor inside braces', `${V}deny_paths: ["{~/a,/b}"]\n`, '2:14 Cannot use rule'],
    ['shell syntax in a command', `${V}deny_commands: ["a | b"]\n`, '2:17 Cannot use rule "deny_commands[0] a | b": shell syntax'],
    ['a command without program', `${V}deny_commands: ["-rf"]\n`, '2:17 Cannot use rule "deny_commands[0] -rf": no program'],
    ['every command', `${V}deny_commands: ["*"]\n`, '2:17 Cannot use rule "deny_commands[0] *": no program'],
    ['a pattern that is none', `${V}deny_patterns: {a: "(b"}\n`, '2:20 Cannot use pattern "a: (b"'],
    ['a look-ahead', `${V}deny_patterns: {a: "b(?=c)"}\n`, '2:20 Cannot use pattern "a: b(?=c)": look-around'],
    ['a look-behind', `${V}deny_patterns: {a: "(?<!b)c"}\n`, '2:20 Cannot use pattern "a: (?<!b)c": look-around'],
    ['a back-reference', `${V}deny_patterns: {a: '(b)\\1'}\n`, "2:20 Cannot use pattern \"a: (b)\\1\": a back-reference Write the alternatives out"],
    ['a pattern that costs too much', `${V}deny_patterns: {a: "x.{0,400}y.{0,400}z"}\n`, '2:20 Cannot use pattern "a: x.{0,400}y.{0,400}z": a pattern that costs too much'],
    ['a repetition beyond measure', `${V}deny_patterns: {a: "x{100000}"}\n`, '2:20 Cannot use pattern "a: x{100000}": a pattern that costs too much'],
    ['a pattern that matches nothing at all', `${V}deny_patterns: {a: "x*"}\n`, '2:20 Cannot use pattern "a: x*": a pattern that matches the empty text'],
    ['an unknown flag', `${V}deny_patterns: {a: /b/g}\n`, '2:20 Cannot use pattern "a: /b/g": a flag "g"'],
    ['an unknown action', `${V}tools: {Read: {action: ALLOW}}\n`, '2:24 Cannot read tools.Read.action "ALLOW": it is not known Known are: PASS'],
    ['an action of another case', `${V}tools: {Read: {action: pass}}\n`, '2:24 Cannot read tools.Read.action "pass": it is not known Did you mean "PASS"?'],
    ['no action', `${V}tools: {Read: {}}\n`, '2:9 Cannot use entry "tools.Read": no action'],
    ['an action alone', `${V}tools: {Read: PASS}\n`, '2:15 Cannot read "tools.Read": the text "PASS", want members'],
    ['one tool by two names', `${V}tools: {Read: {action: PASS}, read_file: {action: BLOCK}}\n`, '2:31 Cannot use entry "tools.read_file": a second entry for the tool read_file'],
    ['an unknown part of an entry', `${V}tools: {Read: {action: PASS, transfrom: x}}\n`, '2:30 Cannot read member "transfrom": it is not known Did you mean "transform"?'],
    ['an unknown transform', `${V}tools: {Read: {action: TRANSFORM, transform: redact}}\n`, '2:46 Cannot read tools.Read.transform "redact"'],
    ['TRANSFORM without a transform', `${V}tools: {Read: {action: TRANSFORM}}\n`, '2:9 Cannot use entry "tools.Read": TRANSFORM without'],
    ['an unknown classifier', `${V}tools: {Read: {action: PASS, classifier: x}}\n`, '2:42 Cannot read tools.Read.classifier "x"'],
    ['a reason that is no code', `${V}tools: {Read: {action: BLOCK, reason: "not here"}}\n`, '2:39 Cannot use reason "not here": not a code'],
    ['an unknown limit', `${V}limits: {max_tool_calls: 1}\n`, '2:10 Cannot read limit "max_tool_calls"'],
    ['a negative limit', `${V}limits: {max_tool_calls_per_round: -1}\n`, '2:36 Cannot read "limits.max_tool_calls_per_round": -1, want a whole number'],
    ['a limit with a point', `${V}limits: {max_tool_calls_per_round: 1.5}\n`, '2:36'],
    ['a limit in octal', `${V}limits: {max_tool_calls_per_round: 0o17}\n`, '2:36'],
    ['a limit in hexadecimal', `${V}limits: {max_tool_calls_per_round: 0x1f}\n`, '2:36'],
    ['an infinite limit', `${V}limits: {max_tool_calls_per_round: .inf}\n`, '2:36'],
    ['a limit in quotes', `${V}limits: {max_tool_calls_per_round: "5"}\n`, '2:36'],
    ['identity_approval on', `${V}identity_approval: true\n`, '2:20 Cannot switch on "identity_approval": it is not in this version'],
    ['identity_approval with members', `${V}identity_approval: {enabled: true}\n`, '2:20 Cannot switch on "identity_approval"'],
    ['entropy_secret_detection on', `${V}entropy_secret_detection: true\n`, '2:27 Cannot switch on "entropy_secret_detection"'],
    ['opaque_commands misspelt', `${V}opaque_commands: blok\n`, '2:18 Cannot read opaque_commands "blok": it is not known Did you mean "block"?'],
    ['an exception for everything', `${V}allow_secrets: ["*"]\n`, '2:17 Cannot use exception "allow_secrets[0]": fewer than 4'],
    ['a digest cut short', `${V}allow_secrets: ["sha256:abc"]\n`, '2:17 Cannot use exception "allow_secrets[0]": a digest'],
  ])('%s', (_name, text, wanted) => {
    const said = first(text);
    expect(said).not.toBe('none');
    expect(said.slice(0, wanted.length)).toBe(wanted);
  });

  it('all_faults_are_listed_in_order', () => {
    const found = faults(`${V}deny_path: []\nblock_secrets_in_tool_results: yes\nlimits: {x: 1}\n`);
    expect(found.map((f) => f.line)).toEqual([2, 3, 4]);
  });

  it('an_exception_is_never_quoted_in_a_fault', () => {
    expect(first(`${V}allow_secrets: ["*abc"]\n`)).not.toContain('abc');
  });

  it('a_bomb_is_refused_in_time', () => {
    const aliases = `${V}a: &a [x]\n${Array.from({ length: 30 }, (_, i) => `b${i}: &b${i} [*a, *a]`).join('\n')}\n`;
    const started = cpuMs();
    for (const text of [aliases, `${V}deny_paths: ${'['.repeat(100_000)}`, `${V}deny_paths: ${'{a: '.repeat(40_000)}`, `${V}${'- '.repeat(60_000)}`, `${V}limits: !!omap\n${'- a: 1\n'.repeat(20_000)}`]) {
      expect(faults(text)).not.toEqual([]);
    }
    expect(cpuMs() - started).toBeLessThan(8_000);
  });

  it('random_bytes_and_damaged_policies_are_answered_never_thrown', () => {
    const random = seeded(2026);
    const good = utf8(templateText('strict'));
    for (let round = 0; round < 150; round++) {
      const text = good.slice(0, 400 + random(3_000));
      for (let i = 0; i < 1 + random(4); i++) text[random(text.length)] = random(256);
      const parsed = parsePolicy(core, text);
      if (!parsed.ok) for (const { line, column, message } of parsed.faults) expect(line >= 1 && column >= 1 && message.startsWith('Cannot ')).toBe(true);
    }
  });
});
