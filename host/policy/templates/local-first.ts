/** dev-default with the routing of the original Occasio: what only looks is answered here, without the agent's own tool. */
import { DENIED_PATHS } from './denied-paths.ts';

export const LOCAL_FIRST = `# Occasio policy: local-first. As dev-default, but reads, searches, the task list and shell commands that only look are
# answered by Occasio itself: the file that was judged is the very file that is read. Everything else runs as asked.
# Lists are not ordered: a deny always wins.
version: 1

redact_secrets_in_tool_results: true
block_secrets_in_tool_results: false
opaque_commands: pass

# LOCAL: run by Occasio. Of shell commands only single, plain ones on a short list; any other line passes to the agent's shell.
tools:
  read_file: {action: LOCAL, executor: "builtin:read", classifier: read-input-validator}
  find_files: {action: LOCAL, executor: "builtin:find", classifier: glob-input-validator}
  grep: {action: LOCAL, executor: "builtin:grep", classifier: grep-input-validator}
  todo_write: {action: LOCAL, classifier: todo-write-validator}
  todo_read: {action: LOCAL, classifier: todo-read-validator}
  shell_bash: {action: LOCAL, classifier: bash-allowlist}
  shell_powershell: {action: LOCAL, classifier: powershell-allowlist}
  "*": {action: PASS}

${DENIED_PATHS}`;
