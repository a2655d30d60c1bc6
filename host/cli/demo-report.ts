/** What the demo says at its end: taken from the record it wrote and from what the model received, not from the script. */
import { printable } from '../../verifiers/formats/error.ts';
import type { Verdict } from '../../verifiers/formats/verdict.ts';
import type { Scene } from '../demo/scene.ts';
import { line, paint, prose, type Io, type Tone } from './print.ts';
import { table, type Cell } from './table.ts';

export interface DemoDecision {
  readonly asked: string;
  readonly action: string;
  readonly reason: string;
  readonly rule: string | null;
  readonly why: string;
  readonly direction: 'inbound' | 'outbound';
  readonly tool_use_id: string | null;
  /** False where the script expected another decision. */
  readonly expected: boolean;
}

export interface DemoReport {
  readonly ok: boolean;
  /** Who made the calls, as the record says. */
  readonly agent: string;
  readonly chain: string;
  readonly home: string;
  readonly project: string;
  readonly decisions: readonly DemoDecision[];
  readonly model: { readonly requests: number; readonly denied_lines: number; readonly keys: number; readonly placeholders: number };
  readonly rows: number;
  readonly verdict: Verdict;
}

export interface Played {
  readonly home: string;
  readonly project: string;
  readonly chain: string;
  readonly verdict: Verdict;
  readonly rows: readonly { readonly kind: string }[];
}

interface CallRow {
  readonly kind: 'tool_call';
  readonly direction: 'inbound' | 'outbound';
  readonly action: string;
  readonly reason: string;
  readonly rule?: string;
  readonly executor?: string;
  readonly tool_use_id?: string;
  readonly judged?: { readonly shell?: { readonly opaque?: string | null }; readonly secrets?: readonly string[] };
}

export function demoReport(scene: Scene, received: readonly string[], played: Played): DemoReport {
  const asked = scene.turns.flatMap((t) => t.calls);
  const rows = played.rows.filter((r): r is CallRow => r.kind === 'tool_call');
  const decisions = rows.map((row): DemoDecision => {
    const call = asked.find((c) => c.id === row.tool_use_id);
    const inbound = row.direction === 'inbound';
    return {
      asked: inbound ? (call?.asked ?? 'a call the script does not know') : `the result of: ${call?.asked ?? 'a call'}`,
      action: row.action,
      reason: row.reason,
      rule: row.rule ?? null,
      why: why(row),
      direction: row.direction,
      tool_use_id: row.tool_use_id ?? null,
      expected: (inbound ? call?.expect : call?.result) === row.action,
    };
  });
  const seen = received.join('\n');
  const count = (text: string): number => seen.split(text).length - 1;
  const model = {
    requests: received.length,
    denied_lines: scene.denied.reduce((sum, text) => sum + count(text), 0),
    keys: count(scene.key),
    placeholders: new Set(seen.match(/\[REDACTED:[^\]]{1,80}\]/g) ?? []).size,
  };
  const made = (id: string, direction: string): boolean => decisions.some((d) => d.tool_use_id === id && d.direction === direction);
  const all = asked.every((c) => made(c.id, 'inbound') && (c.result === undefined || made(c.id, 'outbound')));
  const ok = all && decisions.every((d) => d.expected) && model.denied_lines === 0 && model.keys === 0 && model.placeholders > 0 && played.verdict.word === 'self-consistent';
  const agent = played.rows.find((r): r is { readonly kind: string; readonly agent: string } => r.kind === 'run_start')?.agent ?? 'unknown';
  return { ok, agent, chain: played.chain, home: played.home, project: played.project, decisions, model, rows: played.rows.length, verdict: played.verdict };
}

function why(row: CallRow): string {
  const opaque = row.judged?.shell?.opaque;
  const labels = row.judged?.secrets ?? [];
  const parts = [
    row.rule ?? (row.action === 'PASS' ? 'no rule is against it' : row.reason),
    ...(opaque !== undefined && opaque !== null ? [`opaque: ${opaque}`] : []),
    ...(row.executor === undefined ? [] : [`run by ${row.executor}`]),
    ...(labels.length === 0 ? [] : [`found ${labels.join(', ')}`]),
  ];
  return parts.join('; ');
}

const tones: { readonly [action: string]: Tone } = { PASS: 'good', BLOCK: 'bad', LOCAL: 'note', TRANSFORM: 'note' };

export function printDemo(io: Io, report: DemoReport): void {
  prose(io, `${report.agent === 'claude-code' ? 'Claude Code' : 'A scripted agent'} asks a scripted model what to do next. Proxy, policy and record between them are the real ones.`);
  line(io.out);
  const rows = report.decisions.map((d, i): (Cell | string)[] => [
    String(i + 1),
    printable(d.asked),
    { text: d.action + (d.expected ? '' : ' (not as the policy says)'), tone: d.expected ? (tones[d.action] ?? 'plain') : 'strong' },
    { text: printable(d.why), tone: 'dim' },
  ]);
  table(io, [{ title: '#' }, { title: 'Asked', wrapTo: 20 }, { title: 'Decided' }, { title: 'Why', wrapTo: 16 }], rows);
  const { requests, denied_lines, keys, placeholders } = report.model;
  line(io.out);
  prose(io, 'BLOCK is refused, LOCAL is run by Occasio in place of the agent, TRANSFORM is changed on its way to the model.');
  prose(io, `The model got ${requests} requests. The password of .env is in ${inSo(denied_lines)}; the key of deploy.log is in ${inSo(keys)}${placeholders > 0 ? ', a placeholder in its place' : ''}.`);
  const good = report.verdict.word === 'self-consistent';
  line(io.out, `The record: ${report.rows} rows, ${paint(io, io.out, good ? 'good' : 'bad', report.verdict.word)}.`);
  if (!report.ok) line(io.out, paint(io, io.out, 'bad', 'Not everything went as it should; run again with --json to see what.'));
  line(io.out);
  line(io.out, `Next:  ${paint(io, io.out, 'strong', 'occasio init')}     writes the policy for daily work`);
  line(io.out, `       ${paint(io, io.out, 'strong', 'occasio claude')}   runs Claude Code under it`);
}

function inSo(count: number): string {
  return count === 0 ? 'none of them' : `them ${count} times`;
}
