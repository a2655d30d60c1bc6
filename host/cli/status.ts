/** `occasio status`: what runs on this home, what it decided and spent, and under which policy. */
import { printable } from '../../verifiers/formats/error.ts';
import { formatDollars } from '../cost/index.ts';
import { loadCore } from '../runtime/core.ts';
import { createOps } from '../runtime/node.ts';
import type { Command } from './command.ts';
import { occasioHome, shownPath } from './files.ts';
import { document, line, prose, type Io, type Tone } from './print.ts';
import { table, type Cell } from './table.ts';
import { shortNames } from './run-file.ts';
import { readHome, type Figures, type HomeStatus, type PolicyStatus, type RunStatus } from './status-home.ts';

/** Runs that are listed without --all. */
const LISTED = 10;

export const status: Command = {
  name: 'status',
  summary: 'show what runs, what was decided and spent, and the policy in force',
  options: {
    all: { says: `every run of the home; without it the ${LISTED} that were written last` },
    json: { says: '{home, policy, proxies, runs, more, total} as one JSON document; money in millionths of a dollar' },
  },
  says: `A run is open (its writer is at work), closed, or lost (its writer is gone and did not close it). Money is at list price;
"up to" is for answers that were cut before they told their cost. Reads only, and checks nothing: see occasio audit verify.`,
  exit: '0, also where there is no record yet; 2 wrong use or a home that cannot be read',
  examples: ['occasio status'],
  async run({ flags }, io) {
    const found = await readHome(createOps(), loadCore().core, occasioHome(io), flags.has('all') ? Infinity : LISTED);
    if (flags.has('json')) document(io, found);
    else print(io, found);
    return 0;
  },
};

function print(io: Io, found: HomeStatus): void {
  prose(io, `Home:    ${shownPath(io, found.home)}`);
  prose(io, `Policy:  ${policyLine(io, found.policy)}`);
  const proxies = found.proxies.map(({ pid, port, started_at }) => `pid ${pid} on 127.0.0.1:${port} since ${minute(printable(started_at, 24))}`);
  prose(io, `Proxies: ${proxies.length === 0 ? 'none runs' : proxies.join('; ')}`);
  line(io.out);
  if (found.runs.length === 0) return prose(io, 'There is no record yet. It begins with: occasio claude');
  const names = shortNames(found.runs.map((run) => run.run_id));
  table(
    io,
    [{ title: 'Run' }, { title: 'State' }, { title: 'Started (UTC)', wrapTo: 10 }, { title: 'Tool calls', wrapTo: 8 }, { title: 'Secrets' }, { title: 'Spent', wrapTo: 9 }],
    found.runs.map((run) => rowOf(run, names)),
  );
  line(io.out);
  const { total, runs, more } = found;
  const count = `${runs.length} ${runs.length === 1 ? 'run' : 'runs'}${more === 0 ? '' : ` of ${runs.length + more}, all with --all`}`;
  prose(io, `${count}: ${callsOf(total)}; secrets redacted: ${total.secrets_redacted}; requests: ${total.requests}, refused: ${total.refused}; spent ${spentOf(total)}`);
}

const tones: { readonly [state in RunStatus['state']]: Tone } = { open: 'good', closed: 'plain', lost: 'note', unreadable: 'bad' };

function rowOf(run: RunStatus, names: ReadonlyMap<string, string>): (Cell | string)[] {
  return [names.get(run.run_id) ?? run.run_id, { text: run.state, tone: tones[run.state] }, run.started_at === null ? '' : minute(run.started_at), callsOf(run), String(run.secrets_redacted), spentOf(run)];
}

function policyLine(io: Io, policy: PolicyStatus): string {
  if ('error' in policy) return `${shownPath(io, policy.path)} is not usable: ${printable(policy.error.found, 500)}. See: occasio policy validate`;
  if (policy.source === 'default') return `built-in ${policy.template ?? ''}, as there is no ${shownPath(io, policy.path)}. Write one with: occasio init`;
  return `${shownPath(io, policy.path)} (sha256 ${policy.sha256.slice(0, 16)})`;
}

function callsOf({ tool_calls, passed, local, blocked, transformed }: Figures): string {
  if (tool_calls === 0) return 'no tool calls';
  const parts = [`${passed} passed`, ...(local > 0 ? [`${local} local`] : []), ...(blocked > 0 ? [`${blocked} blocked`] : []), ...(transformed > 0 ? [`${transformed} changed`] : [])];
  return parts.join(', ');
}

function spentOf({ spent_microusd, bound_microusd, bounded, unpriced }: Figures): string {
  const bound = bounded === 0 ? '' : ` + up to ${formatDollars(bound_microusd)} (${bounded} cut)`;
  return `${formatDollars(spent_microusd)}${bound}${unpriced === 0 ? '' : ` + ${unpriced} unpriced`}`;
}

/** `2026-03-01 12:00` of an ISO time; what has another form as it stands. */
function minute(time: string): string {
  return time.replace(/^(\d{4}-\d\d-\d\d)T(\d\d:\d\d).*$/, '$1 $2');
}
