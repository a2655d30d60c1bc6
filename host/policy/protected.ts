/** What self-protection knows by name: files, variables, programs. Path rules are written as in a policy. */
export const PROTECTED = {
  /** What tells the agent which hooks to run, which servers to start and where its model is; and our own program. */
  settings: [
    '.claude/settings*.json',
    '.claude/hooks',
    '~/.claude.json',
    '.mcp.json',
    '/etc/claude-code',
    '/Library/Application Support/ClaudeCode',
    '/Program Files/ClaudeCode',
    '/ProgramData/ClaudeCode',
    'node_modules/occasio',
    'node_modules/.bin/occasio',
    'bin/occasio',
  ],
  /** What a shell runs by itself when it starts. */
  profiles: [
    '~/.{bashrc,bash_profile,bash_login,bash_logout,bash_aliases,profile,zshrc,zshenv,zprofile,zlogin,zlogout,kshrc,cshrc,tcshrc,login,pam_environment}',
    '~/.config/{fish,environment.d}',
    '~/.config/powershell',
    '~/Documents/{PowerShell,WindowsPowerShell}',
    '/etc/{profile,profile.d,bash.bashrc,bashrc,zsh,zshrc,zshenv,zprofile,environment,fish}',
  ],
  /** Folders that hold the above: not to be removed or renamed as a whole. */
  folders: ['.claude', '~/.config/fish', '~/.config/powershell'],
} as const;

/** Variables that decide where the agent's requests go, or where our record lies. */
export const GUARD_VARIABLES: readonly string[] = [
  'ANTHROPIC_BASE_URL',
  'ANTHROPIC_BEDROCK_BASE_URL',
  'ANTHROPIC_VERTEX_BASE_URL',
  'CLAUDE_CODE_USE_BEDROCK',
  'CLAUDE_CODE_USE_VERTEX',
  'CLAUDE_CONFIG_DIR',
  'OCCASIO_HOME',
];

export const REMOVERS: ReadonlySet<string> = new Set(['rm', 'rmdir', 'unlink', 'mv', 'rename', 'shred', 'trash', 'find', 'del', 'erase', 'rd', 'move', 'Remove-Item', 'Move-Item', 'Rename-Item']);
/** Of these the last word is where things go, not what goes. */
export const MOVERS: ReadonlySet<string> = new Set(['mv', 'move', 'Move-Item']);
/** Programs that write a folder's own entry and nothing into it. */
export const MAKERS: ReadonlySet<string> = new Set(['mkdir', 'touch', 'chmod', 'chown', 'chgrp', 'stat', 'ls', 'cd']);
export const KILLERS: ReadonlySet<string> = new Set(['kill', 'pkill', 'killall', 'killall5', 'skill', 'fuser', 'taskkill', 'Stop-Process', 'spps', 'tskill', 'systemctl', 'gdb', 'strace', 'ptrace']);
/** Programs that find a process by name or port. */
export const FINDERS: ReadonlySet<string> = new Set(['pgrep', 'pidof', 'ps', 'lsof', 'ss', 'netstat', 'grep', 'egrep', 'rg', 'awk', 'tasklist', 'Get-Process', 'xargs']);
export const PACKAGE_MANAGERS: ReadonlySet<string> = new Set(['npm', 'pnpm', 'yarn', 'bun', 'deno', 'volta']);
export const REMOVE_VERBS: ReadonlySet<string> = new Set(['uninstall', 'remove', 'rm', 'un', 'unlink', 'r', 'delete']);
/** Programs whose process may be ours: killing them by name kills us. */
export const RUNTIMES: ReadonlySet<string> = new Set(['node', 'nodejs', 'bun', 'deno']);
/** Programs that put variables in force or take them out. */
export const EXPORTERS: ReadonlySet<string> = new Set(['export', 'declare', 'typeset', 'readonly', 'local', 'env', 'set', 'setx', 'unset']);
/** First words after `occasio` that only look. */
export const LOOKERS: ReadonlySet<string> = new Set(['help', '--help', '-h', '--version', '-v', 'explain', 'audit', 'canonicalize', 'verify', 'status', 'completion', 'report', 'recap']);
