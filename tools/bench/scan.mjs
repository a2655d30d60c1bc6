/** The scanner: a text of source code with few candidates, and floods of prefixes. Where less is better the ratio is bound / measured. */
import { core, encoder } from './core.mjs';

const KEYWORDS = [
  'AKIA', 'ASIA', 'ghp_', 'gho_', 'ghs_', 'github_pat_', 'glpat-', 'xoxb-', 'xoxp-', 'sk-ant-', 'sk_live_', 'rk_live_', 'AIza', 'ya29.', 'npm_', 'pypi-', 'SG.', 'key-', 'hf_', 'dop_v1_', 'shpat_', 'sq0atp-', 'eyJ', '-----BEGIN ',
];

/** A keyword and at least twenty letters, digits, `_` or `-`. */
function rule(keyword) {
  const isRun = (b) => /[A-Za-z0-9_-]/.test(String.fromCharCode(b));
  const letters = [...new Set(keyword)];
  const classOf = Uint8Array.from({ length: 256 }, (_, b) => (letters.includes(String.fromCharCode(b)) ? 2 + letters.indexOf(String.fromCharCode(b)) : b < 128 && isRun(b) ? 1 : 0));
  const classes = letters.length + 2;
  const states = 1 + keyword.length + 20 + 1;
  const next = new Uint16Array(states * classes);
  [...keyword].forEach((c, i) => (next[(1 + i) * classes + 2 + letters.indexOf(c)] = 2 + i));
  for (let s = 1 + keyword.length; s < states; s++) {
    for (let c = 1; c < classes; c++) if (c === 1 || isRun(letters[c - 2].charCodeAt(0))) next[s * classes + c] = Math.min(s + 1, states - 1);
  }
  const accept = Uint8Array.from({ length: states }, (_, s) => (s === states - 1 ? 1 : 0));
  return { keywords: [keyword], fold: false, automaton: { classOf, classes, next, accept }, wordBefore: true, wordAfter: false };
}

const SIZE = 10 << 20;

function source() {
  const line = '  const result = await client.request({ method: "GET", path: `/v1/items/${id}`, headers: defaults });\n  if (result.status !== 200) throw new Error(`unexpected ${result.status}`);\n';
  return encoder.encode(line.repeat(Math.ceil(SIZE / line.length)));
}

const expressions = KEYWORDS.map((k) => k.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|');

function seconds(work) {
  const times = Array.from({ length: 7 }, () => {
    const from = performance.now();
    work();
    return performance.now() - from;
  });
  return times.sort((a, b) => a - b)[3] / 1000;
}

const flood = (bytes) => encoder.encode('-eyJ'.repeat(bytes / 4));

export const scanRows = [
  {
    name: `secret scan, ${KEYWORDS.length} rules, 10 MB`, peer: 'the same rules as a joined RegExp', floor: 5, goal: 16,
    setUp: () => {
      const scanner = core.scanner(KEYWORDS.map(rule));
      const bytes = source();
      const text = new TextDecoder().decode(bytes);
      const joined = new RegExp(`(?<![A-Za-z0-9_])(?:${expressions})[A-Za-z0-9_-]{20,}`, 'g');
      return { ours: () => scanner.scan(bytes), peer: () => text.match(joined) };
    },
  },
  {
    name: 'secret scan, flood of prefixes', peer: '10 MB/s', floor: 1, goal: 10,
    measure: () => {
      const scanner = core.scanner(KEYWORDS.map(rule));
      const bytes = flood(SIZE);
      return SIZE / seconds(() => scanner.scan(bytes)) / 10e6;
    },
  },
  {
    name: 'secret scan, flood, twice the bytes', peer: '2.3 times as long', floor: 1, goal: 1.1,
    measure: () => {
      const scanner = core.scanner(KEYWORDS.map(rule));
      const once = flood(SIZE / 2), twice = flood(SIZE);
      return 2.3 / (seconds(() => scanner.scan(twice)) / seconds(() => scanner.scan(once)));
    },
  },
];
