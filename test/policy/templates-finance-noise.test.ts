/** The finance set over what is full of numbers and holds none of cards or accounts: sources, and everyday numbers made here. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { scanContent } from '../../host/policy/index.ts';
import { SECRET_SETS } from '../../host/policy/secrets/sets.ts';
import { core, policy, seeded, utf8 } from './given.ts';

const finance = policy('secret_sets: [finance]');
const random = seeded(77);
const digits = (n: number): string => Array.from({ length: n }, () => random(10)).join('');
const hexadecimal = (n: number): string => Array.from({ length: n }, () => '0123456789abcdef'[random(16)] ?? '').join('');

describe('false positives', () => {
  const report = (what: string, bytes: number, all: readonly string[]): void => console.log(`${what}: ${bytes} bytes, found ${all.length}${all.slice(0, 20).map((f) => `\n  ${f}`).join('')}`);
  const numbers = (text: string | Uint8Array): string[] => {
    const bytes = typeof text === 'string' ? utf8(text) : text;
    return scanContent(core, finance, bytes).secrets.filter((s) => SECRET_SETS.finance.some((r) => r.label === s.label)).map((s) => `${s.label} ${new TextDecoder().decode(bytes.subarray(s.start, s.end))}`);
  };

  it('in_10_MB_of_sources_there_are_at_most_2', () => {
    const all: string[] = [];
    let bytes = 0;
    const visit = (folder: string): void => {
      for (const entry of readdirSync(folder, { withFileTypes: true })) {
        if (bytes >= 10_000_000) return;
        const path = join(folder, entry.name);
        if (entry.isDirectory()) visit(path);
        else if (entry.isFile() && /\.(?:[cm]?[jt]sx?|json|md|map|ya?ml|txt|css|svg)$/.test(entry.name)) {
          const text = new Uint8Array(readFileSync(path));
          bytes += text.length;
          all.push(...numbers(text).map((f) => `${path}: ${f}`));
        }
      }
    };
    visit('node_modules');
    report('sources', bytes, all);
    expect(bytes).toBeGreaterThan(5_000_000);
    expect(all.length).toBeLessThanOrEqual(2);
  });

  /** What logs and tables of shops and services hold, and is no number of a card or an account. */
  const EVERYDAY: readonly (readonly [string, () => string])[] = [
    ['order numbers', () => `ORD-${2015 + random(11)}-${digits(6 + random(4))}`],
    ['order numbers in groups', () => `${digits(3)}-${digits(7)}-${digits(7)}`],
    ['order numbers by date', () => `2024${String(1 + random(12)).padStart(2, '0')}${String(1 + random(28)).padStart(2, '0')}${digits(8)}`],
    ['order numbers that count', () => `#${4_500_000_000_000 + random(999_999_999)}`],
    ['invoices', () => `INV${digits(10)}`],
    ['seconds', () => `${1_600_000_000 + random(200_000_000)}`],
    ['milliseconds', () => `${1_600_000_000 + random(200_000_000)}${digits(3)}`],
    ['microseconds', () => `${1_600_000_000 + random(200_000_000)}${digits(6)}`],
    ['nanoseconds', () => `${1_600_000_000 + random(200_000_000)}${digits(9)}`],
    ['seconds with a fraction', () => `${1_600_000_000 + random(200_000_000)}.${digits(6)}`],
    ['dates', () => `2024-0${1 + random(9)}-1${random(10)}T0${random(10)}:${digits(1)}2:34.${digits(3)}Z`],
    ['UUIDs', () => [8, 4, 4, 4, 12].map((n) => hexadecimal(n)).join('-')],
    ['UUIDs without hyphens', () => hexadecimal(32)],
    ['UUIDs in capitals', () => [8, 4, 4, 4, 12].map((n) => hexadecimal(n)).join('-').toUpperCase()],
    ['digests', () => hexadecimal(64)],
    ['addresses of memory', () => `0x${hexadecimal(16)}`],
    ['snowflakes', () => `1${1 + random(8)}${digits(17)}`],
    ['fractions', () => `${random(99)}.${digits(16)}`],
    ['negative fractions', () => `-0.${digits(15 + random(3))}`],
    ['telephone numbers', () => `+${1 + random(98)} ${digits(3)} ${digits(3)} ${digits(4)}`],
    ['telephone numbers in one piece', () => `+49${digits(11)}`],
    ['article numbers', () => `4${digits(12)}`],
    ['books', () => `978-${digits(1)}-${digits(4)}-${digits(4)}-${digits(1)}`],
    ['addresses of networks', () => `${random(256)}.${random(256)}.${random(256)}.${random(256)}:${random(65_536)}`],
    ['codes of regions', () => ['DE', 'FR', 'ES', 'BE'].map((c) => `${c}${digits(2)}`).join(' ')],
    ['a dump', () => `${hexadecimal(8)}: ${Array.from({ length: 8 }, () => hexadecimal(4)).join(' ')}`],
    ['measurements', () => Array.from({ length: 10 }, () => digits(4)).join(' ')],
    ['serial numbers', () => `${['SN', 'DE', 'GB', 'FR', 'XK'][random(5)] ?? ''}${digits(2)}${hexadecimal(14).toUpperCase()}`],
    ['base64', () => Array.from({ length: 44 }, () => 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'[random(64)] ?? '').join('')],
    ['base32', () => Array.from({ length: 32 }, () => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'[random(32)] ?? '').join('')],
    ['accounts of clouds', () => `arn:aws:iam::${digits(12)}:role/x`],
    ['whole numbers', () => `${random(2 ** 32)}`],
  ];

  it('in_10_MB_of_everyday_numbers_there_are_at_most_2', () => {
    const all: string[] = [];
    let bytes = 0;
    for (let round = 0; round < 32; round++) {
      for (const [kind, make] of EVERYDAY) {
        const lines: string[] = [];
        for (let size = 0; size < 10_000; size += lines.at(-1)?.length ?? 0) lines.push(`${lines.length} ${make()} ok`);
        const text = lines.join('\n');
        bytes += text.length;
        all.push(...numbers(text).map((f) => `${kind}: ${f}`));
      }
    }
    report('everyday numbers', bytes, all);
    expect(bytes).toBeGreaterThan(10_000_000);
    expect(all.length).toBeLessThanOrEqual(2);
  });

  it('of_sixteen_random_digits_in_one_piece_about_one_in_forty_looks_like_a_card', () => {
    let n = 0;
    for (let i = 0; i < 20_000; i++) n += numbers(`${digits(16)}`).length;
    console.log(`of 20000 numbers of sixteen digits ${n} look like cards`);
    expect(n / 20_000).toBeLessThan(1 / 35);
  });
});
