/** Rows such as a proxy writes, chained: each line, with its LF. */
import { createHash } from 'node:crypto';

export const ZEROS = '0'.repeat(64);

export function* chainLines(rows) {
  let prev = ZEROS;
  for (let i = 0; i < rows; i++) {
    const row = JSON.stringify({
      seq: i, ts: '2026-01-01T00:00:00.000Z', event_id: `e${i * 7919}`, session_id: 's-0123456789', run_id: 'r-0123456789', agent: 'claude-code',
      protocol: 'anthropic-messages', direction: 'inbound', kind: 'tool_call', tool_name: 'read_file', tool_inputs: { path: `/home/user/project/src/file${i}.ts` },
      action: 'PASS', reason: 'tool_not_handled', policy_source: 'user', result_kind: 'pass', tool_use_id: `toolu_${String(i).padStart(20, '0')}`,
      judged: { class: 'read', words: ['cat', `file${i}.ts`], paths: [`/home/user/project/src/file${i}.ts`], note: i % 50 === 0 ? 'ü € 𝄞 "q"' : 'plain text of no great length' }, prev_hash: prev,
    });
    prev = createHash('sha256').update(row).digest('hex');
    yield `${row.slice(0, -1)},"hash":"${prev}"}\n`;
  }
}
