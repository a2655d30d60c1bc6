/** The chain walk, canonical check included, on 100,000 rows such as a proxy writes. */
import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import { core, decoder, encoder } from './core.mjs';

const ROWS = 100_000;
const ZEROS = '0'.repeat(64);

let made;
function chain() {
  if (made !== undefined) return made;
  let prev = ZEROS;
  const lines = [];
  for (let i = 0; i < ROWS; i++) {
    const row = JSON.stringify({
      seq: i, ts: '2026-01-01T00:00:00.000Z', event_id: `e${i * 7919}`, session_id: 's-0123456789', run_id: 'r-0123456789', agent: 'claude-code',
      protocol: 'anthropic-messages', direction: 'inbound', kind: 'tool_call', tool_name: 'read_file', tool_inputs: { path: `/home/user/project/src/file${i}.ts` },
      action: 'PASS', reason: 'tool_not_handled', policy_source: 'user', result_kind: 'pass', tool_use_id: `toolu_${String(i).padStart(20, '0')}`,
      judged: { class: 'read', words: ['cat', `file${i}.ts`], paths: [`/home/user/project/src/file${i}.ts`], note: i % 50 === 0 ? 'ü € 𝄞 "q"' : 'plain text of no great length' }, prev_hash: prev,
    });
    prev = createHash('sha256').update(row).digest('hex');
    lines.push(`${row.slice(0, -1)},"hash":"${prev}"}\n`);
  }
  return (made = encoder.encode(lines.join('')));
}

function walk() {
  const w = core.chain();
  w.write(chain());
  const { rows, departuresTotal } = w.end();
  if (rows !== ROWS || departuresTotal !== 0) throw new Error('bug: the chain of the bench is good');
}

const SHARE = 10;

/** The tenth part of the rows, as a program without the core would check them. */
function plainly() {
  const bytes = chain();
  const lines = decoder.decode(bytes.subarray(0, bytes.indexOf(10, bytes.length / SHARE) + 1)).split('\n');
  let prev = ZEROS;
  for (const line of lines) {
    if (line === '') continue;
    const row = JSON.parse(line);
    const { hash, ...rest } = row;
    canonicalize(row);
    if (row.prev_hash !== prev || createHash('sha256').update(JSON.stringify(rest)).digest('hex') !== hash) throw new Error('bug: the chain of the bench is good');
    prev = hash;
  }
}

export const chainRows = [
  { name: 'chain verify, 100k rows', peer: 'JSON.parse + canonicalize + createHash', floor: 7, goal: 10, setUp: () => ({ ours: walk, peer: plainly, share: SHARE }) },
  { name: 'chain verify, same bytes', peer: 'createHash over them', floor: 0.3, goal: 0.38, setUp: () => ({ ours: walk, peer: () => void createHash('sha256').update(chain()).digest() }) },
];
