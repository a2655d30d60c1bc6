/** What `claude` and `proxy` share: their options, and the one line at the end. */
import { printable } from '../../verifiers/formats/error.ts';
import { formatDollars, parseDollars } from '../cost/index.ts';
import type { Preset } from '../policy/types.ts';
import type { Summary } from '../runtime/start.ts';
import { wrongUse } from './args.ts';
import type { Option } from './command.ts';
import { shortName } from './run-file.ts';

export const presets: readonly Preset[] = ['balanced', 'strict', 'off'];

export const presetOption: Option = {
  value: 'P',
  of: presets,
  says: `balanced: the policy as written (default)
strict: secrets and opaque commands are blocked too
off: nothing but self-protection is enforced, all is recorded`,
};

export const upstreamOption: Option = { value: 'URL', says: 'the model API; default: ANTHROPIC_BASE_URL, else the public one' };

/** `--budget` in micro-dollars; undefined where there is none. */
export function budgetOf(command: string, value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  const micro = parseDollars(value);
  if (micro === null) throw wrongUse(command, `--budget ${value}`, 'no amount of dollars', 'Use one above 0 like 5 or 0.25, with at most six decimals.');
  return micro;
}

/** One line: what was decided, and where the record of it lies. */
export function summaryLine(summary: Summary): string {
  if (summary.runs.length === 0) return 'occasio: no request came through the proxy, so there is no record.';
  const { tool_calls, passed, local, blocked, transformed, secrets_redacted } = summary;
  const parts = [`${passed} passed`, `${blocked} blocked`, ...(local > 0 ? [`${local} local`] : []), ...(transformed > 0 ? [`${transformed} changed`] : [])];
  const secrets = secrets_redacted === 0 ? '' : `, ${secrets_redacted} ${secrets_redacted === 1 ? 'secret' : 'secrets'} redacted`;
  const { spent_microusd, unpriced } = summary;
  const spent = spent_microusd === 0 && unpriced === 0 ? '' : `, ${formatDollars(spent_microusd)} spent${unpriced === 0 ? '' : ` and ${unpriced} ${unpriced === 1 ? 'request' : 'requests'} without a known price`}`;
  const [first] = summary.runs;
  const check = summary.runs.length === 1 && first !== undefined ? printable(shortName(first.id)) : `--all (${summary.runs.length} runs)`;
  return `occasio: ${tool_calls} tool ${tool_calls === 1 ? 'call' : 'calls'} (${parts.join(', ')})${secrets}${spent}. Check the record: occasio audit verify ${check}`;
}
