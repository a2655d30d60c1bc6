/** The template that holds when there is no policy file: everyday work goes on, credentials stay where they are. */
import { DENIED_PATHS } from './denied-paths.ts';

export const DEV_DEFAULT = `# Occasio policy: dev-default. For everyday work: every tool runs, credentials stay out of reach, secrets in results
# reach the model as placeholders. Lists are not ordered: a deny always wins.
#
#   occasio policy validate      finds every mistake in this file
#   occasio explain Read x       says what would be decided, and by which rule
#
# An edit holds from the next request on; a file with a mistake leaves the last good one in force.
version: 1

# A secret in a tool's result becomes [REDACTED:<kind>:<mark>]; the same secret has the same mark.
redact_secrets_in_tool_results: true
block_secrets_in_tool_results: false

# Scripts, interpreters, build tools: what they do cannot be read off their command line. Words in them that name a denied
# path are refused all the same. pass: run and record; ask: a person decides; block: refuse.
opaque_commands: pass

# A rule means what it names and everything beneath it. /x and ~/x are anchored, \${cwd}/x is in the session's directory,
# a bare name is meant at any depth. * ? [a-z] {a,b} and ** as in a shell.
${DENIED_PATHS}`;
