/** Laws of the PowerShell reader, over seeded random lines. A failure names its line. */
import { expect, test } from 'vitest';
import { createRandom, pick, place, readPowerShell } from './reader.ts';
import { cpuMs } from '../support/cpu.ts';

const SEED = 20261121;
const texts = (line: string): readonly string[] => readPowerShell(line, place).words.map((w) => w.text);

const PATHS = ['.env', 'a b.txt', "it's", 'x"y', 'caf\u00e9/.env', '~/x', 'a;b', 'a\nb', '#x', '{a,b}', '$x', 'a=b', '\u65e5\u672c', '(x)', 'a`b', '@x', '\u2019s', 'a|b', 'a&b', '%x%'];

/** One way to write a text so that PowerShell gives it back. */
function quote(text: string, random: (below: number) => number): string {
  const style = random(4);
  if (style === 0) return `'${text.replace(/['\u2018-\u201b]/g, '$&$&')}'`;
  if (style === 1) return `"${text.replace(/["\u201c-\u201e`$]/g, '`$&')}"`;
  if (style === 2) return `"${[...text].map((c) => `\`u{${(c.codePointAt(0) ?? 0).toString(16)}}`).join('')}"`;
  return `@'\n${text}\n'@`;
}

test('any_quoting_of_a_path_gives_the_same_word', () => {
  const random = createRandom(SEED);
  for (let i = 0; i < 3000; i++) {
    const path = pick(random, PATHS);
    const line = `${pick(random, ['gc ', 'Get-Content -Path ', 'gc -LiteralPath:', 'cat a,'])}${quote(path, random)}`;
    const facts = readPowerShell(line, place);
    expect([line, facts.fault, facts.opaque]).toEqual([line, null, null]);
    expect([line, facts.words.some((w) => w.access === 'read' && w.text === path.replaceAll('\\', '/'))]).toEqual([line, true]);
  }
});

const LINES = [
  'gc a b', 'mytool -x y --z', 'git log -p a', 'docker run -it a sh', 'ls -Recurse x', 'npm run x', 'iwr -Uri a -OutFile b', 'ls | ? { $_ } | gc', 'foreach ( $i in a ) { ls }', 'echo a | tee b', 'if ( ls ) { gc a }', 'powershell -c ls a', 'cmd /c dir a', '& { gc a }',
  'ri a -Recurse', 'cp a b', '( ls a ).Count', 'saps node -ArgumentList a b', 'ii a', 'sls a b', 'try { gc a } catch { b }', 'node -e 1', 'bash -c ls', 'New-Object x y', 'ls > a', '. ./a b', '"$( gc a )"', 'gc a ; gc b', 'cd a && ls b', 'function f { gc a }', 'gc @( a )', 'iex ls', '1,2 | % { gc a }', '$x = gc a',
];

test('a_denied_word_is_seen_wherever_it_stands', () => {
  const random = createRandom(SEED + 1);
  let seen = 0;
  for (let i = 0; i < 4000; i++) {
    const words = pick(random, LINES).split(' ');
    const at = 1 + random(words.length);
    const form = pick(random, ['SECRET.env', "'SECRET.env'", 'SECRET".env"', '"SECRET.env"', '-Path:SECRET.env', '--x=SECRET.env', '-fSECRET.env', 'k=SECRET.env', 'h:SECRET.env', '.\\SECRET.env', 'x\\SECRET.env', 'a,SECRET.env', '> SECRET.env', "('SECRET.env')", '@("SECRET.env")', "{ 'SECRET.env' }", 'SECRET`.env', "('SEC' + 'RET.env')", '$(echo SECRET.env)', '\u2018SECRET.env\u2019']);
    const line = [...words.slice(0, at), form, ...words.slice(at)].join(' ');
    const facts = readPowerShell(line, place);
    if (facts.fault !== null) continue;
    seen += 1;
    expect([line, facts.words.some((w) => /(?:^|[\\/])SECRET\.env$/.test(w.text))]).toEqual([line, true]);
  }
  expect(seen).toBeGreaterThan(2000);
});

test('a_line_that_is_clear_names_all_that_it_opens', () => {
  const random = createRandom(SEED + 2);
  const pieces = ['gc', 'ls', 'a', '.env', "'b'", '"c"', '-Path', '-Raw', ',', ';', '|', '{', '}', '(', ')', '$x', '%', '?', 'if', 'ri', 'cp', '>', '&', "'.env'", '= ', '$x = ', '\n'];
  for (let i = 0; i < 6000; i++) {
    const line = Array.from({ length: 1 + random(9) }, () => pick(random, pieces)).join(' ');
    const facts = readPowerShell(line, place);
    if (facts.fault !== null || !line.includes('.env')) continue;
    expect([line, facts.words.some((w) => w.text === '.env')]).toEqual([line, true]);
  }
});

test('no_text_makes_the_reader_throw', () => {
  const random = createRandom(SEED + 3);
  const tokens = ['a', '.env', ' ', ' ', '\n', '`', '`\n', "'", '"', '$', '$(', '${', '@(', '@{', "@'\n", "\n'@", '@"\n', '\n"@', '(', ')', '{', '}', '[', ']', '::', '.', '..', ',', '|', '||', '&', '&&', ';', '<', '<#', '#>', '>', '>>', '2>&1', '#', '=', '+=', '-eq', '-f', '~', '*', '?', '%', 'gc', 'iex', 'pwsh -enc ', 'QQBB', 'cmd /c', 'bash -c', 'if', 'else', 'foreach', 'in', 'function', 'switch', 'param', 'catch', '\u2019', '\u201c', '\u2013', '\ud83d', '\u0000', '--%', '-', '--', '$x', '$env:', '0x1', '1.5kb', '[int]', '.Foo(', ':'];
  for (let i = 0; i < 8000; i++) {
    const line = Array.from({ length: 1 + random(25) }, () => pick(random, tokens)).join('');
    const facts = readPowerShell(line, place);
    expect([line, facts.fault !== null && facts.words.length > 0]).toEqual([line, false]);
  }
});

const BOMBS: readonly (readonly [string, string])[] = [
  ['groups', '('.repeat(4990)], ['sub-expressions', `echo ${'$('.repeat(3000)}x${')'.repeat(3000)}`], ['blocks', '{'.repeat(4990)], ['indexes', `$x${'[0'.repeat(4000)}`], ['types', '[a]'.repeat(3300)],
  ['signs', `${'-'.repeat(9000)}1`], ['commas', `gc ${'a,'.repeat(4900)}a`], ['a sum', `gc (${"'a'+".repeat(2400)}'a')`], ['a growing list', `$x=${"'aaaaaaaa',".repeat(800)}'a'; gc $x`], ['quotes', `gc ${'"'.repeat(9990)}`], ['here-strings', "@'\n".repeat(3300)],
  ['escapes', `gc ${'`e'.repeat(4900)}`], ['variables in a word', `$a='x'; gc "${'$a'.repeat(4000)}"`], ['holes in a word', `gc "${'$b'.repeat(4900)}"`], ['words', `mytool ${'a,b=c:d@ '.repeat(1100)}`], ['encoded', `pwsh -enc ${'A'.repeat(9000)}`], ['folders', Array.from({ length: 40 }, (_, i) => `cd d${i}`).join(';')], ['comments', '<#'.repeat(4990)], ['texts that run', `iex ${'"iex '.repeat(2000)}`], ['assignments', '$a='.repeat(3300)], ['members', `$a${'.b('.repeat(3000)}`], ['loops', 'if(1){'.repeat(1600)],
];

test.each(BOMBS)('a_bomb_of_%s_costs_under_four_seconds', { timeout: 20_000 }, (_, line) => {
  const start = cpuMs();
  readPowerShell(line.slice(0, 10_000), place);
  expect(cpuMs() - start).toBeLessThan(4000);
});

test('two_lines_do_not_know_each_other', () => {
  readPowerShell("$f = '.env'; function g { ls }; cd /x", place);
  expect(readPowerShell('gc $f', place).opaque).toBe('expansion: f');
  expect(readPowerShell('g', place).opaque).toBe('unknown program: g');
  expect(readPowerShell('ls', place).words.every((w) => w.directories.length === 0)).toBe(true);
  expect(texts('gc $HOME')).toContain('/home/u');
});
