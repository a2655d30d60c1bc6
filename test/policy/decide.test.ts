/** The laws of deciding, by name. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compilePolicy, decide, DEFAULTS, reasonSentence, reasons, type PolicyDocument } from '../../host/policy/index.ts';
import type { Decision, InputFault, Judged } from '../../host/policy/types.ts';
import { core, document, judged, policy, reads, shell, template } from './given.ts';

const PASSED: Decision = { action: 'PASS', reason: 'tool_not_handled', rule: null };

describe('laws', () => {
  it('default_is_pass', () => {
    expect(decide(policy(''), reads('/home/dev/app/a.txt'))).toEqual(PASSED);
  });

  it('deny_beats_allow', () => {
    const p = policy('deny_paths: [secret]\nallow_paths: ["${cwd}", "${cwd}/secret/open"]\ntools: {Read: {action: PASS}}');
    expect(decide(p, reads('/home/dev/app/secret/open'))).toEqual({ action: 'BLOCK', reason: 'path-denied', rule: 'deny_paths[0] secret' });
  });

  it('a_deny_of_any_spelling_denies', () => {
    expect(decide(policy('deny_paths: [.env]'), reads('/home/dev/app/a.txt', '/home/dev/app/.env')).reason).toBe('path-denied');
  });

  it('an_allow_needs_every_spelling', () => {
    const p = policy('allow_paths: ["${cwd}"]');
    expect(decide(p, reads('/home/dev/app/a.txt', '/home/dev/app/b.txt')).action).toBe('PASS');
    expect(decide(p, reads('/home/dev/app/a.txt', '/srv/a.txt')).reason).toBe('path-not-allowed');
  });

  it('a_mention_is_denied_but_never_asked_for_an_allow', () => {
    const mention = (path: string): Judged => judged({ paths: [{ asked: path, access: 'mention', resolved: [path] }] });
    const p = policy('deny_paths: [.env]\nallow_paths: ["${cwd}"]');
    expect(decide(p, mention('/srv/.env')).reason).toBe('path-denied');
    expect(decide(p, mention('/srv/a')).action).toBe('PASS');
  });

  it('an_empty_allow_list_allows_no_path', () => {
    expect(decide(policy('allow_paths: []'), reads('/home/dev/app/a.txt')).reason).toBe('path-not-allowed');
  });

  it('a_longer_path_beneath_a_denied_folder_is_denied', () => {
    const p = policy('deny_paths: [~/.ssh, /srv/keys/, "secrets/**", "*.d/"]');
    for (const path of ['/home/dev/.ssh', '/home/dev/.ssh/a', '/home/dev/.ssh/a/b/c', '/srv/keys', '/srv/keys/x/y', '/x/secrets', '/x/secrets/a/b', '/x/conf.d/a/b']) {
      expect([path, decide(p, reads(path)).reason]).toEqual([path, 'path-denied']);
    }
  });

  it('a_name_that_begins_like_a_rule_is_another_name', () => {
    const p = policy('deny_paths: [/srv/app, .env, ~/.ssh, "${cwd}/a"]');
    for (const path of ['/srv/app-secret/a', '/srv/app.txt', '/srv/apple', '/x/.envelope', '/home/dev/.ssh2/a', '/home/dev/app/ab', '/home/devil/.sshx', '/home/dev/app2/a']) {
      expect([path, decide(p, reads(path)).action]).toEqual([path, 'PASS']);
    }
    expect(decide(policy('allow_paths: [/srv/app]'), reads('/srv/app-secret/a')).reason).toBe('path-not-allowed');
  });

  it('order_of_rules_does_not_matter', () => {
    const rules = ['.env', '~/.ssh', '/etc', '*.pem', 'a/b', '${cwd}/x', 'secrets/**', '{c,d}.txt'];
    const paths = ['/home/dev/app/.env', '/home/dev/.ssh/k', '/etc/x', '/z/k.pem', '/z/a/b/c', '/home/dev/app/x', '/home/dev/app/y', '/q/c.txt', '/q/e.txt'];
    const shuffled = fc.shuffledSubarray(rules, { minLength: rules.length });
    fc.assert(
      fc.property(shuffled, shuffled, fc.constantFrom(...paths), fc.constantFrom('deny_paths', 'allow_paths'), (one, two, path, list) => {
        const decided = (order: readonly string[]): string => decide(policy(`${list}: ${JSON.stringify(order)}`), reads(path)).action;
        return decided(one) === decided(two);
      }),
      { seed: 7, numRuns: 200 },
    );
  });

  it('adding_a_deny_never_permits_and_adding_an_allow_never_refuses_more', () => {
    const rule = fc.constantFrom('.env', '/etc', 'a', '~/k', '*.pem', '${cwd}');
    const path = fc.constantFrom('/home/dev/app/.env', '/etc/a', '/home/dev/k/x', '/x/y.pem', '/home/dev/app/z');
    const text = (deny: readonly string[], allow: readonly string[]): string => `deny_paths: ${JSON.stringify(deny)}\nallow_paths: ${JSON.stringify(allow)}`;
    fc.assert(
      fc.property(fc.array(rule, { maxLength: 3 }), fc.array(rule, { maxLength: 3 }), rule, path, (deny, allow, more, at) => {
        const blocked = (d: readonly string[], a: readonly string[]): boolean => decide(policy(text(d, a)), reads(at)).action === 'BLOCK';
        const now = blocked(deny, allow);
        return (!now || blocked([...deny, more], allow)) && (now || !blocked(deny, [...allow, more]));
      }),
      { seed: 11, numRuns: 200 },
    );
  });

  it('an_erroring_rule_never_permits', () => {
    // The parser refuses such rules; a document from elsewhere may hold them all the same.
    const broken = (more: Partial<PolicyDocument>): Decision => decide(compilePolicy(core, { ...document('version: 1'), ...more }, 'balanced'), reads('/home/dev/app/a'));
    expect(broken({ deny_paths: ['[unclosed'] })).toEqual({ action: 'BLOCK', reason: 'rule-error', rule: 'deny_paths[0] [unclosed' });
    expect(broken({ deny_paths: ['a/../b'] }).reason).toBe('rule-error');
    expect(broken({ allow_paths: ['{unclosed', '..'] }).reason).toBe('path-not-allowed');
    expect(broken({ tools: [{ tool: 'read_file', action: 'SURPRISE' as 'PASS' }] }).reason).toBe('unknown-action');
    expect(broken({ limits: { ...DEFAULTS.limits, max_tool_calls_per_round: NaN } }).action).toBe('PASS');
    const nan = decide(compilePolicy(core, { ...document('version: 1'), limits: { ...DEFAULTS.limits, max_tool_calls_per_round: NaN } }, 'balanced'), judged({ counters: { tool_calls: 1, bash_calls: 0, bytes_to_model: 0 } }));
    expect(nan.reason).toBe('limit-tool-calls');
  });

  it('an_input_fault_is_refused_before_any_rule', () => {
    const faults: readonly InputFault[] = ['input-not-json', 'input-not-object', 'input-too-large', 'input-missing-member', 'placeholder-in-input', 'reserved-name', 'repeated-id', 'held-too-large', 'resolve-failed'];
    for (const fault of faults) expect(decide(policy('tools: {"*": {action: PASS}}', 'off'), judged({ fault }))).toEqual({ action: 'BLOCK', reason: fault, rule: null });
  });

  it('a_path_that_could_not_be_resolved_is_judged_as_asked', () => {
    const unresolved = judged({ paths: [{ asked: 'sub/.env', access: 'read', resolved: [] }] });
    expect(decide(policy('deny_paths: [.env]'), unresolved).reason).toBe('path-denied');
  });

  it('the_same_value_gives_the_same_decision_and_neither_is_changed', () => {
    const p = template('strict');
    const value = Object.freeze(reads('/home/dev/app/.env'));
    const before = JSON.stringify(value);
    expect(decide(p, value)).toEqual(decide(p, structuredClone(value)));
    expect(JSON.stringify(value)).toBe(before);
  });

  it('every_reason_has_a_code_and_a_sentence', () => {
    for (const code of reasons) {
      expect(code).toMatch(/^[A-Za-z0-9_-]{1,40}$/);
      expect(reasonSentence(code)).toMatch(/^[A-Z].*\.$/);
    }
    expect(reasonSentence('__proto__')).toBe(reasonSentence('of-their-own'));
  });
});

describe('presets', () => {
  const result = judged({ direction: 'outbound', secrets: ['jwt'] });
  it('off_enforces_self_protection_alone_and_says_what_would_have_been', () => {
    const off = policy('deny_paths: [.env]', 'off');
    expect(decide(off, reads('/home/dev/app/.env'))).toEqual({ action: 'PASS', reason: 'preset-off', rule: 'deny_paths[0] .env', would: { action: 'BLOCK', reason: 'path-denied' } });
    expect(decide(off, reads('/home/dev/app/a'))).toEqual(PASSED);
    expect(decide(off, reads('/home/dev/.occasio/policy.yml')).reason).toBe('self-protected');
    expect(decide(off, result).would).toEqual({ action: 'TRANSFORM', reason: 'outbound-secret-redacted' });
  });

  it('strict_blocks_secrets_and_opaque_commands_whatever_the_policy_says', () => {
    const strict = policy('opaque_commands: pass\nblock_secrets_in_tool_results: false', 'strict');
    expect(decide(strict, result).reason).toBe('secret-in-tool-result');
    expect(decide(strict, shell(['make'], {}, 'build tool: make')).reason).toBe('command-opaque');
  });
});

describe('content', () => {
  it.each([
    ['redact_secrets_in_tool_results: true', { secrets: ['jwt'] }, 'TRANSFORM outbound-secret-redacted'],
    ['redact_secrets_in_tool_results: false', { secrets: ['jwt'] }, 'PASS tool_not_handled'],
    ['block_secrets_in_tool_results: true', { secrets: ['jwt'] }, 'BLOCK secret-in-tool-result'],
    ['deny_patterns: {a: b}', { secrets: ['jwt'], patterns: ['a'] }, 'BLOCK pattern-denied'],
    ['tools: {Read: {action: BLOCK}}', { secrets: ['jwt'] }, 'BLOCK tool-denied'],
    ['limits: {max_bytes_to_model_per_round: 10}', { secrets: ['jwt'], counters: { tool_calls: 1, bash_calls: 0, bytes_to_model: 11 } }, 'BLOCK limit-bytes-to-model'],
    ['redact_secrets_in_tool_results: false\ntools: {Read: {action: TRANSFORM, transform: redact-secrets}}', { secrets: ['jwt'] }, 'TRANSFORM outbound-secret-redacted'],
    ['tools: {Read: {action: LOCAL}}', { secrets: ['jwt'] }, 'TRANSFORM outbound-secret-redacted'],
    ['tools: {"*": {action: BLOCK}}', { class: 'context', tool: 'context' }, 'PASS tool_not_handled'],
  ] as const)('a result under %s', (text, more, wanted) => {
    const { action, reason } = decide(policy(text), judged({ direction: 'outbound', ...(more as Partial<Judged>) }));
    expect(`${action} ${reason}`).toBe(wanted);
  });

  it('an_input_that_meets_a_pattern_is_refused_and_one_with_a_secret_is_not', () => {
    expect(decide(policy(''), judged({ patterns: ['project'] }))).toEqual({ action: 'BLOCK', reason: 'pattern-denied', rule: 'deny_patterns.project' });
    expect(decide(policy('block_secrets_in_tool_results: true'), judged({ secrets: ['jwt'] })).action).toBe('PASS');
  });
});

describe('limits', () => {
  const counted = (tool_calls: number, bash_calls: number, more: Partial<Judged> = {}): Judged => judged({ counters: { tool_calls, bash_calls, bytes_to_model: 0 }, ...more });
  const p = policy('limits: {max_tool_calls_per_round: 5, max_bash_calls_per_round: 2}');
  it('the_last_within_a_limit_passes_and_the_next_is_refused', () => {
    expect(decide(p, counted(5, 0)).action).toBe('PASS');
    expect(decide(p, counted(6, 0)).reason).toBe('limit-tool-calls');
    expect(decide(p, counted(3, 2, { class: 'shell' })).action).toBe('PASS');
    expect(decide(p, counted(3, 3, { class: 'shell' })).reason).toBe('limit-bash-calls');
    expect(decide(p, counted(3, 3)).action).toBe('PASS');
    expect(decide(policy('limits: {max_tool_calls_per_round: 0}'), counted(1, 0)).reason).toBe('limit-tool-calls');
  });
});

describe('routing', () => {
  it.each([
    ['{Read: {action: LOCAL}}', {}, 'LOCAL native-handleable builtin:read'],
    ['{read_file: {action: LOCAL, executor: "builtin:read", reason: mine}}', {}, 'LOCAL mine builtin:read'],
    ['{Grep: {action: LOCAL}}', { tool: 'grep' }, 'LOCAL native-handleable builtin:grep'],
    ['{Glob: {action: LOCAL}}', { tool: 'find_files' }, 'LOCAL native-handleable builtin:find'],
    ['{Bash: {action: LOCAL}}', { tool: 'shell_bash', class: 'shell' }, 'PASS tool_not_handled'],
    ['{Bash: {action: LOCAL}}', { tool: 'shell_bash', class: 'shell', shell: { fault: null, opaque: null, programs: ['cat'], commands: ['cat a'], local: 'cat' } }, 'LOCAL native-handleable builtin:shell'],
    ['{Bash: {action: LOCAL}}', { tool: 'shell_bash', class: 'shell', shell: { fault: null, opaque: null, programs: ['make'], commands: ['make'] } }, 'PASS tool_not_handled'],
    ['{TodoWrite: {action: LOCAL}}', { tool: 'todo_write', class: 'todo' }, 'LOCAL native-handleable builtin:todo-write'],
    ['{Read: {action: LOCAL, executor: "builtin:grep"}}', {}, 'PASS tool_not_handled'],
    ['{Read: {action: LOCAL}}', { direction: 'outbound' }, 'PASS tool-passed'],
    ['{Read: {action: PASS}}', {}, 'PASS tool-passed'],
    ['{Read: {action: BLOCK, reason: not-here}}', {}, 'BLOCK not-here'],
    ['{Read: {action: ASK}}', {}, 'BLOCK approval-unavailable'],
    ['{Read: {action: TRANSFORM, transform: redact-secrets}}', {}, 'PASS result-transform'],
    ['{Grep: {action: BLOCK}}', {}, 'PASS tool_not_handled'],
    ['{"*": {action: BLOCK}, Read: {action: PASS}}', {}, 'PASS tool-passed'],
    ['{"*": {action: BLOCK}, Read: {action: PASS}}', { tool: 'mcp__db__query' }, 'BLOCK tool-denied'],
    ['{mcp__db__query: {action: BLOCK}}', { tool: 'mcp__db__query' }, 'BLOCK tool-denied'],
  ] as const)('%s', (tools, more, wanted) => {
    const { action, reason, executor } = decide(policy(`tools: ${tools}`), judged(more as Partial<Judged>));
    expect([action, reason, ...(executor === undefined ? [] : [executor])].join(' ')).toBe(wanted);
  });
});

describe('spellings', () => {
  const at = (flavour: Judged['flavour'], path: string, home = '/home/dev', cwd = '/home/dev/app'): Judged => judged({ flavour, home, cwd, self: { home: `${home}/.occasio`, pid: 1, port: 1 }, paths: [{ asked: path, access: 'read', resolved: [path] }] });
  const denied = (rule: string, value: Judged): boolean => decide(policy(`deny_paths: [${JSON.stringify(rule)}]`), value).action === 'BLOCK';
  const win = (path: string): Judged => at('win32', path, 'C:\\Users\\Dev', 'C:\\work\\app');

  it.each([
    ['NFD of an NFC rule', 'caf\u00e9', at('posix', '/x/cafe\u0301/a')],
    ['NFC of an NFD rule', 'cafe\u0301', at('posix', '/x/caf\u00e9')],
    ['case on darwin', '.env', at('darwin', '/x/.ENV')],
    ['case on darwin, home', '~/.ssh', at('darwin', '/HOME/Dev/.SSH/id')],
    ['long s on darwin', 'secrets', at('darwin', '/x/\u017fecrets')],
    ['a trailing slash of the rule', 'secrets/', at('posix', '/x/secrets/a')],
    ['doubled slashes of the rule', '/srv//x/./y', at('posix', '/srv/x/y')],
    ['a home with glob characters', '~/k', at('posix', '/h/[a]*{b}/k', '/h/[a]*{b}')],
    ['a cwd with glob characters', '${cwd}/k', at('posix', '/w/{a,b}/k', '/h', '/w/{a,b}')],
    ['the root as cwd', '${cwd}/k', at('posix', '/k', '/h', '/')],
    ['$HOME in a rule', '$HOME/.ssh', at('posix', '/home/dev/.ssh/a')],
    ['backslashes', '~/.ssh', win('C:\\Users\\Dev\\.ssh\\id_rsa')],
    ['slashes and case', '~/.ssh', win('c:/users/DEV/.SSH/id_rsa')],
    ['trailing dots and blanks', '.env', win('C:\\work\\.env. .')],
    ['a stream', '.env', win('C:\\work\\.env::$DATA')],
    ['a drive in the rule', 'C:\\Secrets', win('C:\\secrets\\a')],
    ['any drive', '/Secrets', win('D:\\secrets\\a')],
  ])('denied: %s', (_name, rule, value) => {
    expect(denied(rule, value)).toBe(true);
  });

  it.each([
    ['case on posix', '.env', at('posix', '/x/.ENV')],
    ["another home's folder", '~/.ssh', at('posix', '/home/developer/.ssh/a')],
    ['glob characters of the home taken for a glob', '~/k', at('posix', '/h/a/k', '/h/[a]')],
    ['another drive', 'C:\\Secrets', win('D:\\secrets\\a')],
    ['a bare name as part of a name', 'env', at('posix', '/x/.env')],
  ])('not denied: %s', (_name, rule, value) => {
    expect(denied(rule, value)).toBe(false);
  });
});
