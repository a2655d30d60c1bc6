/** Command rules and self-protection: what they meet, and what they leave alone. */
import { describe, expect, it } from 'vitest';
import { decide } from '../../host/policy/index.ts';
import type { Access, Judged } from '../../host/policy/types.ts';
import { judged, policy, shell } from './given.ts';

const meets = (rule: string, command: string, more: Partial<Judged> = {}): boolean => decide(policy(`deny_commands: [${JSON.stringify(rule)}]`), shell([command], more)).reason === 'command-denied';

describe('deny_commands', () => {
  it.each([
    ['git push', 'git push'],
    ['git push', 'git push origin main --force'],
    ['git push', 'git -C sub push'],
    ['git push', 'git -c a=b --git-dir .git push'],
    ['git push', '/usr/bin/git push'],
    ['git push', 'FOO=1 git push'],
    ['rm -rf', 'rm -rf /'],
    ['rm -rf', 'rm -fr x'],
    ['rm -rf', 'rm -r -f x'],
    ['rm -rf', 'rm x -rfv'],
    ['curl', 'curl https://a.example'],
    ['curl *', 'curl https://a.example'],
    ['npm publish', 'npm --access public publish'],
    ['docker run --privileged', 'docker run -it --privileged alpine'],
    ['pip* install', 'pip3 install x'],
    ['terraform apply -auto-approve', 'terraform apply -auto-approve'],
  ])('%s meets: %s', (rule, command) => {
    expect(meets(rule, command)).toBe(true);
  });

  it.each([
    ['git push', 'git commit -m push'],
    ['git push', 'git log push'],
    ['git push', 'git pushx'],
    ['git push', 'echo git push'],
    ['git push', 'legit push'],
    ['rm -rf', 'rm -r x'],
    ['rm -rf', 'rm x'],
    ['curl *', 'curl'],
    ['npm publish', 'npm run publish'],
    ['docker run --privileged', 'docker run alpine'],
    ['GIT push', 'git push'],
  ])('%s does not meet: %s', (rule, command) => {
    expect(meets(rule, command)).toBe(false);
  });

  it('letter_case_is_ignored_where_the_file_system_ignores_it', () => {
    expect(meets('curl', 'CURL x', { flavour: 'darwin' })).toBe(true);
    expect(meets('curl', 'curl.EXE x', { flavour: 'win32', home: 'C:\\h', cwd: 'C:\\c' })).toBe(true);
    expect(meets('curl', 'CURL x')).toBe(false);
  });

  it('a_blank_in_an_assignment_hides_no_program', () => {
    const value = shell([], { shell: { fault: null, opaque: null, programs: ['git'], commands: ['FOO=x y git push'] } });
    expect(decide(policy('deny_commands: [git push]'), value).reason).toBe('command-denied');
  });

  it('a_shell_fault_is_refused_under_every_policy', () => {
    for (const [fault, reason] of [['unparsable', 'command-unparsable'], ['control-character', 'command-unparsable'], ['too-long', 'command-too-long'], ['too-many', 'command-too-long']] as const) {
      expect(decide(policy('opaque_commands: pass'), judged({ class: 'shell', shell: { fault, opaque: null, programs: [], commands: [] } })).reason).toBe(reason);
    }
  });

  it.each([['pass', 'PASS tool_not_handled'], ['ask', 'BLOCK approval-unavailable'], ['block', 'BLOCK command-opaque']])('opaque_commands: %s', (choice, wanted) => {
    const p = policy(`opaque_commands: ${choice}`);
    const { action, reason } = decide(p, shell(['make'], {}, 'build tool: make'));
    expect(`${action} ${reason}`).toBe(wanted);
    expect(decide(p, shell(['ls'])).action).toBe('PASS');
  });
});

const protects = (value: Judged): boolean => decide(policy('tools: {"*": {action: PASS}}', 'off'), value).reason.startsWith('self-protected');
const touch = (path: string, access: Access, more: Partial<Judged> = {}): Judged => judged({ paths: [{ asked: path, access, resolved: [path] }], ...more });
const HOME = '/home/dev';

describe('self-protection', () => {
  it.each(['read', 'write', 'list', 'search', 'mention'] as const)('our_home_is_out_of_reach_for_%s', (access) => {
    for (const path of [`${HOME}/.occasio`, `${HOME}/.occasio/policy.yml`, `${HOME}/.occasio/runs/a.jsonl`]) expect(protects(touch(path, access))).toBe(true);
    expect(protects(touch(`${HOME}/.occasio-notes`, access))).toBe(false);
  });

  it('our_home_is_known_in_every_case_where_case_is_ignored', () => {
    expect(protects(touch('/HOME/dev/.OCCASIO/policy.yml', 'read', { flavour: 'darwin' }))).toBe(true);
  });

  const guarded = [
    `${HOME}/.claude/settings.json`,
    `${HOME}/.claude/settings.local.json`,
    `${HOME}/app/.claude/settings.json`,
    `${HOME}/app/.claude/hooks/a.sh`,
    `${HOME}/.claude.json`,
    `${HOME}/app/.mcp.json`,
    '/etc/claude-code/managed-settings.json',
    `${HOME}/app/node_modules/occasio/dist/occasio.js`,
    `${HOME}/app/node_modules/.bin/occasio`,
  ];
  it.each(guarded)('may be read, not written: %s', (path) => {
    expect(protects(touch(path, 'write'))).toBe(true);
    expect(protects(touch(path, 'read'))).toBe(false);
    expect(protects(touch(path, 'mention'))).toBe(false);
    expect(protects(shell(['node x.js'], { paths: touch(path, 'mention').paths ?? [] }, 'interpreter: node'))).toBe(true);
  });

  it.each([`${HOME}/.bashrc`, `${HOME}/.zshenv`, `${HOME}/.profile`, `${HOME}/.config/fish/config.fish`, '/etc/profile.d/x.sh'])('a shell profile may be read, not written: %s', (path) => {
    expect(protects(touch(path, 'write'))).toBe(true);
    expect(protects(touch(path, 'read'))).toBe(false);
  });

  it.each(['rm -rf .claude', 'mv .claude x', 'mv -t /tmp .claude', 'rmdir .claude'])('the agent\'s folder is not taken away: %s', (command) => {
    const paths = [{ asked: '.claude', access: 'write', resolved: [`${HOME}/app/.claude`] }] as const;
    expect(protects(shell([command], { paths }))).toBe(true);
  });

  it.each(['cp -r x .claude', 'mv x .claude', 'rsync x/ .claude', 'ln -sfn x .claude'])('the agent\'s folder is not filled with what nobody has seen: %s', (command) => {
    const paths = [{ asked: '.claude', access: 'write', resolved: [`${HOME}/app/.claude`] }] as const;
    expect(protects(shell([command], { paths }))).toBe(true);
  });

  it.each(['mkdir -p .claude', 'chmod 755 .claude', 'ls .claude'])('the agent\'s folder may be used: %s', (command) => {
    const paths = [{ asked: '.claude', access: command.startsWith('ls') ? 'list' : 'write', resolved: [`${HOME}/app/.claude`] }] as const;
    expect(protects(shell([command], { paths }))).toBe(false);
  });

  const ends: readonly (readonly string[])[] = [
    ['kill 4242'],
    ['kill -9 4242'],
    ['kill -s TERM 4242'],
    ['kill -- -4242'],
    ['kill -9 -1'],
    ['pkill occasio'],
    ['pkill -f dist/occasio.js'],
    ['killall -9 node'],
    ['pkill nod'],
    ['pkill -9 -f .*'],
    ['pgrep -f occasio', 'xargs kill', 'kill'],
    ['lsof -ti :8123', 'kill -9'],
    ['lsof -t -i:8123', 'kill'],
    ['fuser -k 8123/tcp'],
    ['ps aux', 'grep occasio', 'xargs kill', 'kill'],
    ['npm uninstall -g occasio'],
    ['npm rm occasio@1.0.0'],
    ['pnpm remove occasio'],
    ['yarn global remove occasio'],
    ['bun remove -g occasio'],
    ['npm unlink occasio'],
    ['which occasio', 'rm'],
    ['ANTHROPIC_BASE_URL=https://x.example claude -p hi'],
    ['FOO=1 ANTHROPIC_BASE_URL= claude'],
    ['env ANTHROPIC_BASE_URL=https://x.example claude'],
    ['env -u ANTHROPIC_BASE_URL claude'],
    ['env -i PATH=/bin claude -p hi'],
    ['env - claude'],
    ['export ANTHROPIC_BASE_URL=https://x.example'],
    ['unset ANTHROPIC_BASE_URL'],
    ['declare -x OCCASIO_HOME=/tmp/x'],
    ['OCCASIO_HOME=/tmp/x occasio init'],
    ['CLAUDE_CONFIG_DIR=/tmp/x claude'],
    ['claude --settings x.json'],
    ['occasio claude --preset off'],
    ['occasio policy init --force'],
    ['npx occasio proxy'],
    ['npx -y occasio@latest claude'],
    ['npm exec -- occasio claude'],
    ['curl http://127.0.0.1:8123/'],
    ['curl http://localhost:8123/v1/messages -d x'],
    ['curl -s http://[::1]:8123/'],
    ['curl http://127.1:8123'],
    ['curl http://0.0.0.0:8123'],
    ['curl http://2130706433:8123/'],
    ['curl http://LOCALHOST:8123/'],
    ['curl http://user@127.0.0.1:8123/'],
    ['nc 127.0.0.1 8123'],
    ['nc localhost 8123'],
    ['cat /dev/tcp/127.0.0.1/8123'],
  ];
  it.each(ends.map((lines) => [lines]))('refuses %j', (lines) => {
    expect(protects(shell(lines))).toBe(true);
  });

  it.each([
    [['kill 42423']],
    [['kill -1 999']],
    [['kill %1']],
    [['cd /home/dev/work/occasio', 'kill %1']],
    [['pkill -f node server.js']],
    [['pkill vite']],
    [['grep -rn occasio .']],
    [['npm uninstall occasion']],
    [['npm install occasio']],
    [['npm run remove-occasio-logs']],
    [['echo ANTHROPIC_BASE_URL=x']],
    [['printenv ANTHROPIC_BASE_URL']],
    [['git commit -m kill 4242']],
    [['git clone https://host.example/x/occasio.git']],
    [['occasio --help']],
    [['occasio policy show --diff']],
    [['occasio audit verify --all']],
    [['npx occasio explain Read x']],
    [['claude -p hi']],
    [['curl http://127.0.0.1:81230/']],
    [['curl http://127.0.0.1:3000/?next=8123']],
    [['curl http://10.127.0.0.1.example:8123/']],
    [['curl https://example.com:8123/']],
    [['node server.js --port 8124']],
    [['rm -rf occasio']],
  ])('lets pass %j', (lines) => {
    expect(protects(shell(lines))).toBe(false);
  });

  it('an_interpreter_that_starts_an_agent_elsewhere_is_refused', () => {
    const text = 'node -e spawn("claude",{env:{ANTHROPIC_BASE_URL:"https://x.example"}})';
    expect(protects(shell([text], {}, 'interpreter: node'))).toBe(true);
  });

  it('a_fetch_of_our_port_is_refused', () => {
    expect(protects(judged({ tool: 'web_fetch', class: 'fetch', paths: [{ asked: 'http://localhost:8123/x', access: 'mention', resolved: [] }] }))).toBe(true);
  });
});
