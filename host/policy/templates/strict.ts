/** The template for work on what must not leak: only the project is in reach, and only commands that can be understood run. */
import { DENIED_PATHS } from './denied-paths.ts';

export const STRICT = `# Occasio policy: strict. Only the session's directory is in reach, results with secrets are withheld, commands whose effect
# cannot be read off their text are refused. Lists are not ordered: a deny always wins.
version: 1

# A result with a secret in it does not reach the model; what is left to redact is redacted.
block_secrets_in_tool_results: true
redact_secrets_in_tool_results: true

opaque_commands: block
# First words of commands that run all the same. They run what the project holds, and the agent writes there: name only what your
# work cannot do without, such as
#   - npm test
#   - git commit
vouched_commands: []

# Every path that a tool reads, writes, lists or searches must be in here, by each of its spellings, links resolved.
allow_paths:
  - \${cwd}
  # What the agent runs on: its instructions, memory, plans and scratch files.
  - CLAUDE.md
  - CLAUDE.local.md
  - AGENTS.md
  - ~/.claude/{agents,commands,skills,plugins,plans,todos,rules,output-styles}
  - ~/.claude/projects/*/memory
  - ~/.claude/projects/*/*/tool-results
  - /tmp/claude-*
  - /private/tmp/claude-*
  # Where output goes that nobody wants, and standard streams.
  - /dev/{null,zero,stdin,stdout,stderr,tty,fd,random,urandom}
  - /proc/self/fd

# Since the last message of the user.
limits:
  max_tool_calls_per_round: 200
  max_bash_calls_per_round: 100
  max_bytes_to_model_per_round: 4000000

# These leave the machine or the history behind; take out what your work needs.
deny_commands:
  - git push
  - git remote add
  - git remote set-url
  - npm publish
  - pnpm publish
  - yarn publish
  - cargo publish
  - twine upload
  - gh gist create
  - sudo
  - su
  - ssh
  - scp
  - sftp
  - rsync
  - nc
  - ncat
  - telnet
  - ftp

${DENIED_PATHS}`;
