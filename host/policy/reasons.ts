/**
 * Every reason a decision gives, each with one plain sentence that the model and the person read. Codes match
 * `[A-Za-z0-9_-]{1,40}`; a route of the policy may bring a code of its own.
 */

const SENTENCES = {
  // Input faults: decided before any rule.
  'input-not-json': "The tool's input is not JSON.",
  'input-not-object': "The tool's input is not a JSON object.",
  'input-too-large': "The tool's input names more than can be judged; ask for less at once.",
  'input-missing-member': "The tool's input lacks a member it needs, or holds one of the wrong type.",
  'placeholder-in-input': 'The input holds a [REDACTED:…] placeholder, which stands for a secret and is turned back only in the text that a file tool writes.',
  'placeholder-unknown': 'The input holds a [REDACTED:…] placeholder that does not stand for one secret of the file it would be written to; a secret can only stay in its own file.',
  'secret-cut': 'The file holds secrets, and the edit does not surely leave them as they are. Take whole lines as they were shown into the text to be replaced, at least two, and keep each line with a [REDACTED:…] placeholder as it is.',
  'edit-pending': 'The file holds secrets, and an edit of it that came before has not been answered yet; make one edit of it at a time.',
  'reserved-name': 'The tool name is reserved.',
  'repeated-id': 'The same tool call id was used before.',
  'held-too-large': 'The tool call is larger than can be held and judged.',
  'resolve-failed': 'A path in the input cannot be resolved to a place on disk.',
  // Self-protection.
  'self-protected': "It would reach the record or the settings of the guard itself, the agent's settings or hooks, or a shell profile.",
  'self-protected-process': 'It would end, remove, reconfigure or go around the guard itself.',
  // Path rules.
  'path-denied': 'A rule of the policy denies a path it touches.',
  'path-not-allowed': 'It touches a path outside those that the policy allows.',
  'rule-error': 'A rule of the policy cannot be applied here, and a rule that fails permits nothing.',
  // Command rules.
  'command-unparsable': 'The command line cannot be taken apart with certainty; write it in a simpler form.',
  'command-too-long': 'The command line is too long, or holds too many commands; split it.',
  'command-denied': 'A rule of the policy denies this command.',
  'command-opaque': 'What the command would do cannot be known from its text, and the policy refuses such commands.',
  'command-vouched': 'What the command would do cannot be known from its text; the policy names it among those that run all the same.',
  'approval-unavailable': 'The policy asks for a person here, and this version has no way to ask one.',
  // Content rules.
  'pattern-denied': 'It holds text that a pattern of the policy denies.',
  'secret-in-tool-result': 'The result holds a secret, and the policy keeps such results from the model.',
  'secret-restored': 'Placeholders in it were turned back into the secrets of the file that they stand for.',
  'outbound-secret-redacted': 'Secrets in it were replaced by placeholders.',
  // Limits.
  'limit-tool-calls': 'The limit of tool calls since the last message of the user is reached.',
  'limit-bash-calls': 'The limit of shell commands since the last message of the user is reached.',
  'limit-bytes-to-model': 'The limit of bytes sent to the model since the last message of the user is reached.',
  // Routing.
  tool_not_handled: 'No rule of the policy names this tool; it runs as asked.',
  'tool-passed': 'The policy passes this tool.',
  'tool-denied': 'The policy denies this tool.',
  'native-handleable': 'It is run by Occasio in place of the agent.',
  'result-transform': "The policy passes this tool and rewrites its result.",
  'preset-off': 'The policy is not enforced (preset off).',
  'unknown-action': 'The policy gives this tool an action that is not known.',
} as const;

export type Reason = keyof typeof SENTENCES;

export const reasons: readonly Reason[] = Object.keys(SENTENCES) as Reason[];

export function reasonSentence(code: string): string {
  return Object.hasOwn(SENTENCES, code) ? SENTENCES[code as Reason] : 'The policy says so.';
}
