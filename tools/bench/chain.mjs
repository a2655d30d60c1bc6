/** The chain walk, canonical check included, on 100,000 rows such as a proxy writes. */
import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import { core, decoder, encoder } from './core.mjs';
import { chainLines, ZEROS } from './rows.mjs';

const ROWS = 100_000;

let made;
const chain = () => (made ??= encoder.encode([...chainLines(ROWS)].join('')));

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
