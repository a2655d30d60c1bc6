/** What `claude` and `proxy` share: their options, and the one line at the end. */
import { printable } from '../../verifiers/formats/error.ts';
import type { Preset } from '../policy/types.ts';
import type { Summary } from '../runtime/start.ts';

export const presets: readonly Preset[] = ['balanced', 'strict', 'off'];

/** One line: what was decided, and where the record of it lies. */
export function summaryLine(summary: Summary): string {
  if (summary.runs.length === 0) return 'occasio: no request came through the proxy, so there is no record.';
  const { tool_calls, passed, local, blocked, transformed, secrets_redacted } = summary;
  const parts = [`${passed} passed`, `${blocked} blocked`, ...(local > 0 ? [`${local} local`] : []), ...(transformed > 0 ? [`${transformed} changed`] : [])];
  const secrets = secrets_redacted === 0 ? '' : `, ${secrets_redacted} ${secrets_redacted === 1 ? 'secret' : 'secrets'} redacted`;
  const [first] = summary.runs;
  const check = summary.runs.length === 1 && first !== undefined ? printable(first.path, 500) : `--all (${summary.runs.length} runs)`;
  return `occasio: ${tool_calls} tool ${tool_calls === 1 ? 'call' : 'calls'} (${parts.join(', ')})${secrets}. Check the record: occasio audit verify ${check}`;
}
