/** Laws of the reader, over seeded random lines. A failure names its seed and line. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createRandom, pick, place, read } from './reader.ts';
import { lacking } from '../support/lacking.ts';
import { cpuMs } from '../support/cpu.ts';

const SEED = 20260731;
const BASH = ['/usr/bin/bash', '/bin/bash', '/usr/local/bin/bash'].find((path) => existsSync(path));
const texts = (line: string): readonly string[] => read(line, place).words.map((w) => w.text);

const PATHS = ['.env', 'a b.txt', "it's", 'x"y', '$HOME/q', 'a\\b', 'café/.env', '-rf', '*.ts', '~/x', 'a;b', 'a\nb', '#x', '{a,b}', 'tab\there', '`x`', '!', 'a=b', '日本'];

/** One way to write a text so that the shell gives it back. */
function quote(text: string, random: (below: number) => number): string {
  let out = '';
  for (let i = 0; i < text.length; ) {
    const piece = text.slice(i, i + 1 + random(3));
    const whole = /[\ud800-\udbff]$/.test(piece) ? text.slice(i, i + piece.length + 1) : piece;
    i += whole.length;
    const style = random(5);
    if (style === 0) out += `'${whole.replaceAll("'", `'\\''`)}'`;
    else if (style === 1) out += `"${whole.replace(/[\\"$`]/g, '\\$&')}"`;
    else if (style === 2) out += `$'${[...whole].map((c) => (/[\\'\n]/.test(c) || c.charCodeAt(0) < 128 ? `\\x${c.charCodeAt(0).toString(16).padStart(2, '0')}` : `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`)).join('')}'`;
    else if (style === 3) out += whole.replace(/[^A-Za-z0-9_.\-/\n]/g, '\\$&').replaceAll('\n', () => `$'\\n'`);
    else out += `$"${whole.replace(/[\\"$`]/g, '\\$&')}"`;
  }
  return out;
}

test('any_quoting_of_a_path_gives_the_same_word', () => {
  const random = createRandom(SEED);
  for (let i = 0; i < 3000; i++) {
    const path = pick(random, PATHS);
    const line = `cat ${quote(path, random)}`;
    const facts = read(line, place);
    // An escaped blank at the head of a word, and a blank the parser takes for one between words, are refused: docs/shell.md.
    if (facts.fault !== null && /\\[ \t]/.test(line)) continue;
    expect([line, facts.fault, facts.opaque]).toEqual([line, null, null]);
    expect([line, facts.words.find((w) => w.access === 'read')?.text]).toEqual([line, path.startsWith('-') ? undefined : path]);
    expect(facts.words.map((w) => w.text)).toContain(path);
  }
});

test('a_denied_word_is_seen_wherever_it_stands', () => {
  const random = createRandom(SEED + 1);
  const lines = ['cat a b', 'mytool -x y --z', 'git log -p a', 'docker run -it a sh', 'find . -name x', 'sed -n p a', 'env A=b ls', 'timeout 5 ls a', 'xargs -n 1 echo', 'python3 -c 1', 'ls > a', 'npm run x', 'curl -o a b', 'tar cf a b', 'for i in a b; do ls; done', 'echo a | tee b', 'if ls; then cat a; fi', 'sh -c "ls a"', 'jq . a', 'rg a b', 'ssh h ls', 'kill 1', 'cd a && ls b', 'bash <<< x', 'awk 1 a', '[[ -f a ]]', 'export A B', 'cp a b c'];
  for (let i = 0; i < 3000; i++) {
    const line = pick(random, lines);
    const words = line.split(' ');
    const at = 1 + random(words.length);
    const before = words[at - 1] ?? '';
    if (/^(?:in|do|if|then|&&|\|)$/.test(before) && !/^(?:in|&&|\|)$/.test(before)) continue;
    const form = pick(random, ['SECRET.env', "'SECRET.env'", 'SECRET""".env"'.replace('"""', '"'), '--x=SECRET.env', '-fSECRET.env', '@SECRET.env', 'k=SECRET.env', 'h:SECRET.env', 'file:///SECRET.env', '{SECRET,x}.env', '< SECRET.env', '> SECRET.env']);
    // Between double brackets bash leaves braces as they are.
    if (line.startsWith('[[') && form.startsWith('{')) continue;
    const changed = [...words.slice(0, at), form, ...words.slice(at)].join(' ');
    const facts = read(changed, place);
    if (facts.fault !== null) continue;
    expect([changed, facts.words.some((w) => w.text === 'SECRET.env' || w.text === '/SECRET.env' || w.text.includes('SECRET.env'))]).toEqual([changed, true]);
    expect([changed, facts.words.some((w) => /^\/?SECRET\.env"?$/.test(w.text))]).toEqual([changed, true]);
  }
});

test.skipIf(lacking(BASH === undefined, 'no bash: its words are not compared'))('bash_gives_a_program_no_word_that_was_not_seen', { timeout: 30_000 }, () => {
  const random = createRandom(SEED + 2);
  const folder = mkdtempSync(join(tmpdir(), 'occasio-shell-'));
  const pieces = ['p ', 'p a', 'w', '.env', ' ', ' ', '\n', '\\', '\\\n', "'", '"', "'x'", '"y z"', '{a,b}', '{', '}', ',', '|', '&&', '||', ';', '#', ' #c', '=', '~/q', ']', "$'a\\\\'", "$'\\x41'", "$'", '$"k"', '!', '-', '\\ ', '\\"', "\\'", '\t', '<<E\n', '\nE\n', "<<'E'\n", ' p b; ', '(p c)', '{ p d; }', 'if p e; then p f; fi', 'é', '1', '$', 'f=.env;', '$f', '${f}', 'for v in 1 2; do p $v; done', ' <<<"q"', 'case a in a) p j;; esac', ' <&- ', ' 2>&1 ', 'time ', '[[ a ]]', '[ a ]', '#\\\n', '{1..3}', '$HOME', '"$HOME"', ' - ', '<<-E\n', '\t\tE\n', '&', 'p >o1 l', ' >>o2', ' >|"o"3', ' &>o{4,}', '`p g`', 'p $(p i)', '\u00a0'];
  let compared = 0;
  try {
    for (let i = 0; i < 2500 && compared < 400; i++) {
      const line = Array.from({ length: 1 + random(9) }, () => pick(random, pieces)).join('');
      const facts = read(line, place);
      if (facts.fault !== null) continue;
      // `p` reports what it is given; nothing else can run: the search path is empty.
      const run = spawnSync(BASH ?? '', ['--norc', '--noprofile', '-c', 'p(){ printf "%s\\0" p "$@" >&9; }; eval "$LINE"'], { cwd: folder, env: { LINE: line, HOME: place.home, PATH: '' }, stdio: ['ignore', 'ignore', 'ignore', ...Array(6).fill('ignore'), 'pipe'] as 'pipe'[], timeout: 5000 });
      compared += 1;
      const given = (run.output[9] ?? '').toString().split('\0').slice(0, -1).filter((word) => word !== '');
      const seen = new Set(facts.words.map((w) => w.text));
      // The value of an unset variable or of a substitution is not known.
      const doubt = /\$\$|\$\{?f|\$\(|`|\$HOME\{/.test(line);
      expect([line, given.filter((word) => !seen.has(word) && !doubt)]).toEqual([line, []]);
      if (given.length > 0) expect([line, facts.programs.includes('p')]).toEqual([line, true]);
      const written = facts.words.filter((w) => w.access === 'write').map((w) => w.text);
      for (const name of readdirSync(folder)) {
        expect([line, written.includes(name) || doubt]).toEqual([line, true]);
        rmSync(join(folder, name), { force: true });
      }
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  expect(compared).toBeGreaterThan(300);
});

test.skipIf(lacking(BASH === undefined, 'no bash: its quotes are not compared'))('bash_takes_off_quotes_as_the_reader_does', () => {
  const random = createRandom(SEED + 3);
  const quoted = Array.from({ length: 400 }, () => quote(pick(random, PATHS), random)).filter((word) => read(`cat ${word}`, place).fault === null);
  const run = spawnSync(BASH ?? '', ['--norc', '--noprofile', '-c', `printf '%s\\0' ${quoted.join(' ')}`], { env: { LC_ALL: 'C.UTF-8', PATH: '' } });
  const given = run.stdout.toString('utf8').split('\0').slice(0, -1);
  expect(given).toEqual(quoted.map((word) => read(`cat ${word}`, place).commands[0]?.slice(4)));
  expect(given.length).toBeGreaterThan(200);
});

test('no_text_makes_the_reader_throw', () => {
  const random = createRandom(SEED + 4);
  const tokens = ['a', '.env', ' ', '\n', '\\', '\\\n', "'", '"', '$', '(', ')', '`', '{', '}', ',', '..', '|', '&', ';', '<', '>', '<<', 'EOF', '#', '=', '~', '*', '[', ']', '$(', '${', '$((', '))', "$'", '!', 'cat', 'bash -c', 'eval', 'for', 'do', 'done', 'if', 'fi', 'in', 'é', '\ud83d', '\u0000', 'git', 'sed', 'find', 'awk', 'curl', 'tar', 'env', '-', '--', '-o'];
  for (let i = 0; i < 6000; i++) {
    const line = Array.from({ length: 1 + random(25) }, () => pick(random, tokens)).join('');
    const facts = read(line, place);
    expect([line, facts.fault !== null && facts.words.length > 0]).toEqual([line, false]);
  }
  for (let i = 0; i < 500; i++) {
    const bytes = Uint8Array.from({ length: random(200) }, () => random(256));
    read(new TextDecoder().decode(bytes), place);
  }
});

const BOMBS: readonly (readonly [string, string])[] = [
  ['substitutions', `echo ${'$('.repeat(3000)}x${')'.repeat(3000)}`],
  ['subshells', '('.repeat(4990)],
  ['braces side by side', `echo ${'{a,b}'.repeat(1900)}`],
  ['braces in braces', `echo ${'{a,'.repeat(1200)}${'}'.repeat(1200)}`],
  ['long values in braces', `x=${'a'.repeat(4000)}; ${'echo "$x"{1..250};'.repeat(49)}`],
  ['texts in a variable', `x='${'(&'.repeat(900)}'; ${'eval "$x";'.repeat(45)}`],
  ['wrappers', `${'env '.repeat(2400)}ls`],
  ['continuations', 'a\\\n'.repeat(3300)],
  ['continuations in errors', '&[\\\n|'.repeat(2000)],
  ['arrays', 'a=('.repeat(2400)],
  ['arithmetic', '$['.repeat(4900)],
  ['redirections', '<'.repeat(9990)],
  ['here-documents', 'cat <<A\n'.repeat(1200)],
  ['loops', 'for i in a; do '.repeat(600)],
  ['shells in shells', Array.from({ length: 8 }).reduce<string>((text) => `sh -c ${JSON.stringify(text)}`, 'ls')],
  ['a sed script', `sed '${'s/[/a/;'.repeat(1200)}'`],
  ['an awk script', `awk '${'{'.repeat(9000)}'`],
  ['tokens', `python3 -c '${Array.from({ length: 1600 }, (_, i) => `${i.toString(36)}_`).join(' ')}'`],
  ['directories', Array.from({ length: 40 }, (_, i) => `cd d${i}`).join(';')],
  ['commas', `mytool ${'a,b=c:d@'.repeat(1200)}`],
];

test.each(BOMBS)('a_bomb_of_%s_costs_under_four_seconds', { timeout: 20_000 }, (_, line) => {
  const start = cpuMs();
  read(line.slice(0, 10_000), place);
  expect(cpuMs() - start).toBeLessThan(4000);
});

test('two_lines_do_not_know_each_other', () => {
  read('f=.env; g() { ls; }; cd /x', place);
  expect(read('cat $f', place).opaque).toBe('expansion: f');
  expect(read('g', place).opaque).toBe('unknown program: g');
  expect(read('ls', place).words.every((w) => w.directories.length === 0)).toBe(true);
  expect(texts('cat ~')).toContain('/home/u');
});
