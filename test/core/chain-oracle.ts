/** A chain judged plainly: split at LF, canonicalise with the JSON oracle, hash with the platform. By spec/row.md. */
import { createHash } from 'node:crypto';
import type { ChainCode, ChainSummary, Departure } from '../../core-wasm/core.ts';
import { oracle } from './json-oracle.ts';
import { textOf } from './random.ts';
import { rootOf } from './tree-oracle.ts';

const LINE = 1 << 20;
const HASH = /[,{]"hash":"([0-9a-f]{64})"\}$/;
const BOTH = /[,{]"prev_hash":"([^"]{64})","hash":"[0-9a-f]{64}"\}$/;
const NO_JSON = new Set(['syntax', 'control', 'trailing', 'empty']);

interface Judged {
  readonly departures: readonly (readonly [ChainCode, number])[];
  readonly hash: string | null;
}

/** `link` is the hash that the row must link to, null where it is not known. Offsets are from the line's start. */
function judge(line: Uint8Array, link: string | null): Judged {
  const wrong = (code: ChainCode, offset: number): Judged => ({ departures: [[code, offset]], hash: null });
  if (line.length > LINE) return wrong('line-too-long', LINE);
  if (line.length === 0) return wrong('empty-line', 0);
  const form = oracle(line, 'row');
  if (!form.ok) return wrong((NO_JSON.has(form.fault.code) ? 'not-json' : form.fault.code) as ChainCode, form.fault.offset);
  const text = textOf(form.bytes);
  if (!text.startsWith('{')) return wrong('not-object', 0);
  const minimal = Buffer.compare(line, form.bytes) === 0;
  const found: (readonly [ChainCode, number])[] = [];
  if (!minimal) {
    let at = 0;
    while (at < line.length && line[at] === form.bytes[at]) at++;
    found.push(['not-minimal', at]);
  }
  const hash = HASH.exec(text)?.[1] ?? null;
  if (hash === null) return { departures: [...found, ['hash-missing', minimal ? line.length - 1 : 0]], hash };
  const prev = BOTH.exec(text)?.[1];
  if (prev === undefined || !/^[0-9a-f]{64}$/.test(prev)) found.push(['prev-hash-missing', minimal ? line.length - 75 : 0]);
  else if (link !== null && link !== prev) found.push(['link-mismatch', minimal ? line.length - 140 : 0]);
  const hashed = text.replace(/([,{])"hash":"[0-9a-f]{64}"\}$/, (_, before: string) => (before === '{' ? '{}' : '}'));
  if (minimal && createHash('sha256').update(hashed).digest('hex') !== hash) found.push(['hash-mismatch', line.length - 66]);
  return { departures: found, hash };
}

export function chainOracle(bytes: Uint8Array, tree = false): ChainSummary {
  const hashes: (string | null)[] = [];
  const departures: Departure[] = [];
  let link: string | null = '0'.repeat(64);
  let firstHash: string | null = null;
  let rows = 0, start = 0, lastHash: string | null = null;
  for (let lf = bytes.indexOf(10); lf >= 0; lf = bytes.indexOf(10, start)) {
    const judged = judge(bytes.subarray(start, lf), link);
    for (const [code, at] of judged.departures) departures.push({ code, row: rows, offset: start + at });
    link = judged.hash;
    lastHash = judged.hash;
    hashes.push(judged.hash);
    if (rows === 0) firstHash = judged.hash;
    rows++;
    start = lf + 1;
  }
  if (bytes.length - start > LINE) departures.push({ code: 'line-too-long', row: rows, offset: start + LINE });
  if (start < bytes.length) departures.push({ code: 'torn-line', row: rows, offset: start });
  departures.sort((a, b) => a.row - b.row || a.offset - b.offset);
  const root = tree && !hashes.includes(null) ? rootOf(hashes.filter((h) => h !== null)) : null;
  return { rows, bytes: bytes.length, firstHash, lastHash, root, departures: departures.slice(0, 10_000), departuresTotal: departures.length };
}

/** A good chain of the given rows, which have no `prev_hash` and `hash` yet: one text a line. */
export function chained(rows: readonly string[]): string[] {
  let prev = '0'.repeat(64);
  return rows.map((row) => {
    const open = row.slice(0, -1);
    const hashed = `${open}${open === '{' ? '' : ','}"prev_hash":"${prev}"}`;
    prev = createHash('sha256').update(hashed).digest('hex');
    return `${hashed.slice(0, -1)},"hash":"${prev}"}`;
  });
}
