/** A command's end as Claude Code 2.1.329 and 2.1.197 show it; measured, and the same in both. */
export function asShown(code: number, output: string, line: string): string {
  const first = output.search(/\S/);
  const text = first < 0 ? '' : output.slice(output.lastIndexOf('\n', first) + 1).trimEnd();
  if (code === 0 || (code === 1 && /^(?:test|find|git diff)\b|^\[/.test(line))) return text === '' ? '(Bash completed with no output)' : text;
  return text === '' ? `Exit code ${code}` : `Exit code ${code}\n${text}`;
}
