/** The completion scripts in their shells: the real bash, zsh and fish complete, PowerShell's text is read by its grammar. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Language, Parser, type Node } from 'web-tree-sitter';
import { commands } from '../../host/cli/commands.ts';
import { pointsOf } from '../../host/cli/completion/points.ts';
import { bashScript } from '../../host/cli/completion/bash.ts';
import { fishScript } from '../../host/cli/completion/fish.ts';
import { powershellScript } from '../../host/cli/completion/powershell.ts';
import { zshScript } from '../../host/cli/completion/zsh.ts';
import { lacking } from '../support/lacking.ts';
import { environment, newPlace, type Place } from './run.ts';

const points = pointsOf(commands);
const RUN = '3f0c9a52-7d1e-4b6a-9c58-2e4f6a8b0c1d';

/** What is typed, the last word being the one to complete, and what is offered for it. */
const cases: readonly (readonly [typed: string, offered: readonly string[]])[] = [
  ['occasio pol', ['policy']],
  ['occasio policy ', ['init', 'show', 'validate']],
  ['occasio policy show --d', ['--diff']],
  ['occasio init --template fin', ['finance']],
  ['occasio explain --preset st', ['strict']],
  ['occasio explain --preset strict Ba', ['Bash']],
  ['occasio canonicalize --profile r', ['row']],
  ['occasio completion fi', ['fish']],
  ['occasio help explai', ['explain']],
  ['occasio audit verify 3f', [RUN]],
  ['occasio audit verify --all 3f', [RUN]],
  ['occasio policy validate pol', ['policy.yml']],
  ['occasio claude --preset o', ['off']],
  ['occasio claude --preset off rea', ['readme.txt']],
];

/** A project to complete in. The home holds a run, and files whose names no shell may take for anything. */
function place(): Place & { readonly marker: string } {
  const made = newPlace();
  const marker = join(made.tmp, 'ran');
  for (const name of ['policy.yml', 'readme.txt', 'row.json']) writeFileSync(join(made.cwd, name), '');
  const runs = join(made.occasioHome, 'runs');
  mkdirSync(runs, { recursive: true });
  for (const name of [RUN, `${RUN}.inputs`, '3f$(touch $RAN)', '3f`touch $RAN`', '3f;touch $RAN', '3f x', "3f'"]) writeFileSync(join(runs, `${name}.jsonl`), '');
  return { ...made, marker };
}

function run(at: Place & { readonly marker: string }, words: readonly [string, ...string[]], input = ''): string {
  const ran = spawnSync(words[0], words.slice(1), { cwd: at.cwd, env: { ...environment(at), RAN: at.marker, TERM: 'dumb' }, encoding: 'utf8', input, timeout: 15_000 });
  return ran.stdout + ran.stderr;
}

const has = (shell: string): boolean => spawnSync(shell, ['-c', ':']).status === 0;

describe('bash', () => {
  const ask = (at: Place & { readonly marker: string }, words: readonly string[]): string[] => {
    const script = `${bashScript(points)}\nCOMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _occasio; printf '%s\\n' "\${COMPREPLY[@]}"`;
    return run(at, ['bash', '--norc', '-c', script, 'bash', ...words]).split('\n').filter((l) => l !== '').sort();
  };

  it.each(cases)('%s', (typed, offered) => {
    const at = place();
    expect(ask(at, typed.split(' '))).toEqual(offered);
    expect(existsSync(at.marker)).toBe(false);
  });

  it('a_value_joined_by_an_equals_sign_is_completed', () => {
    // As bash cuts it: COMP_WORDBREAKS holds the sign.
    expect(ask(place(), ['occasio', 'init', '--template', '=', 'st'])).toEqual(['strict']);
    expect(ask(place(), ['occasio', 'init', '--template', '='])).toEqual(['dev-default', 'finance', 'local-first', 'strict']);
    expect(ask(place(), ['occasio', 'explain', '--preset', '=', 'off', 'Gr'])).toEqual(['Grep']);
  });

  it('what_belongs_to_the_agent_is_not_ours', () => {
    expect(ask(place(), ['occasio', 'claude', '-p', '--pre'])).toEqual(['--preset']);
    expect(ask(place(), ['occasio', 'claude', '--', '--pre'])).toEqual([]);
    expect(ask(place(), ['occasio', 'claude', 'word', '--pre'])).toEqual([]);
  });
});

const noFish = lacking(!has('fish'), 'completion in fish: this machine has none');
describe('fish', () => {
  const ask = (at: Place & { readonly marker: string }, typed: string): string[] => {
    const script = `${fishScript(points)}\ncomplete -C ${JSON.stringify(typed).replaceAll('$', '\\$')}`;
    return run(at, ['fish', '--no-config', '-c', script]).split('\n').filter((l) => l !== '').map((l) => l.split('\t')[0] ?? '').sort();
  };

  it.skipIf(noFish).each(cases)('%s', (typed, offered) => {
    const at = place();
    expect(ask(at, typed)).toEqual(offered);
    expect(existsSync(at.marker)).toBe(false);
  });

  it.skipIf(noFish)('a_value_joined_by_an_equals_sign_is_completed', () => {
    expect(ask(place(), 'occasio init --template=st')).toEqual(['--template=strict']);
  });
});

const noZsh = lacking(!has('zsh'), 'completion in zsh: this machine has none');
const noTerminal = lacking(noZsh || spawnSync('script', ['-qec', 'true', '/dev/null'], { stdio: 'ignore' }).status !== 0, 'completion in zsh: no `script` to make a terminal');
describe('zsh', () => {
  /** Types each line with a tab after it into a zsh at a terminal, where `occasio` says what words it was given. */
  it.skipIf(noTerminal)('completes_what_is_the_only_thing_that_fits', { timeout: 60_000 }, () => {
    const at = place();
    writeFileSync(join(at.cwd, '_occasio.zsh'), zshScript(points));
    const only = cases.filter(([, offered]) => offered.length === 1);
    const typed = only.map(([line]) => `${line}\t\n`).join('');
    const input = `autoload -Uz compinit; compinit -u -D; source ./_occasio.zsh; occasio() { print -r -- "GOT[$*]" }\n${typed}exit\n`;
    const said = run(at, ['script', '-qec', 'zsh -f -i', '/dev/null'], input);
    const got = [...said.matchAll(/GOT\[([^\]$*]*)\]/g)].map((m) => m[1]?.trim());
    expect(got, said).toEqual(only.map(([line, [word]]) => `${line.slice('occasio '.length).replace(/\S*$/, '')}${word}`));
    expect(existsSync(at.marker)).toBe(false);
  });

  it.skipIf(noZsh)('is_read_without_fault', () => {
    const at = place();
    writeFileSync(join(at.cwd, 'c.zsh'), zshScript(points));
    expect(run(at, ['zsh', '-f', '-n', 'c.zsh'])).toBe('');
  });
});

describe('PowerShell', () => {
  it('the_grammar_reads_it_whole', async () => {
    await Parser.init();
    const parser = new Parser();
    parser.setLanguage(await Language.load(readFileSync(new URL('../../node_modules/tree-sitter-powershell/tree-sitter-powershell.wasm', import.meta.url))));
    const faultsOf = (text: string): string[] => faults(parser.parse(text)?.rootNode);
    expect(faultsOf(powershellScript(points))).toEqual([]);
    expect(faultsOf("$a = @('x'")).not.toEqual([]);
  });
});

function faults(node: Node | null | undefined): string[] {
  if (node === null || node === undefined) return ['no tree'];
  const own = node.isError || node.isMissing ? [`${node.startPosition.row + 1}:${node.startPosition.column + 1} ${node.text.slice(0, 60)}`] : [];
  return [...own, ...node.children.flatMap(faults)];
}

describe('every script', () => {
  it.each([['bash', bashScript(points)], ['zsh', zshScript(points)], ['fish', fishScript(points)], ['powershell', powershellScript(points)]])('%s_knows_every_command_option_and_value', (_, script) => {
    for (const { path, options } of points.points) for (const word of [...path.split(' '), ...options.map((o) => o.name.slice(2)), ...options.flatMap((o) => (o.value?.offer !== null && o.value !== undefined && 'words' in o.value.offer ? o.value.offer.words : []))]) expect(script).toContain(word);
  });

  it('holds_a_quotation_mark_of_a_table_as_a_character', () => {
    const odd = pointsOf([{ name: 'odd', summary: "it's $(touch x) `y`: [z]", options: { it: { value: 'V', of: ["a'b"], says: "don't $HOME" } }, says: '', exit: '', examples: ['x'], run: () => Promise.resolve(0) }]);
    const at = place();
    for (const [shell, script] of [['bash', bashScript(odd)], ['zsh', zshScript(odd)], ['fish', fishScript(odd)]] as const) {
      if (!has(shell)) continue;
      writeFileSync(join(at.cwd, `odd.${shell}`), script);
      expect([shell, run(at, [shell, '-n', `odd.${shell}`])]).toEqual([shell, '']);
    }
  });
});
