/** The help of every command is in one form, and its examples work as they stand. */
import { describe, expect, it } from 'vitest';
import { isGroup, type Command } from '../../host/cli/command.ts';
import { commands } from '../../host/cli/commands.ts';
import { helpText } from '../../host/cli/help.ts';
import { page } from '../../host/cli/print.ts';
import { fakeIo } from './io.ts';
import { giveRecord, newProject, shell } from './project.ts';
import { occasio } from './run.ts';

const all: readonly (readonly [name: string, command: Command])[] = commands.flatMap((entry) =>
  isGroup(entry) ? entry.actions.map((action): [string, Command] => [`${entry.name} ${action.name}`, action]) : [[entry.name, entry] as const],
);
const groups = commands.filter(isGroup);
const names = [...all.map(([name]) => name), ...groups.map((g) => g.name)];

/** These run until they are told to stop. */
const servers: { readonly [name: string]: RegExp } = { proxy: /\n/ };

/** An example that a test of its own runs, as it needs more than the project has. */
const elsewhere: { readonly [line: string]: string } = { 'occasio trust update': 'test/cli/trust.test.ts' };

describe('the form of a help', () => {
  it.each(all)('%s', (name, command) => {
    const text = helpText(name, command);
    expect(command.summary).toMatch(/^[a-z].*[^.]$/);
    expect(command.says.trim()).toMatch(/^(Ours|[A-Z"]|stdout).*[.:]$/s);
    expect(command.exit).toMatch(/^(\d|the agent's).*[^.]$/);
    expect(text).toMatch(new RegExp(`^occasio ${name}: .*\n\nUsage: occasio ${name}( |$).*\n\n(  .*\n)*`));
    expect(text).toMatch(/\nExit: .*\.\n\nExamples?: /);
    expect(Math.max(...printed(text).split('\n').map((l) => l.length))).toBeLessThanOrEqual(110);
    for (const option of Object.keys(command.options ?? {})) expect(option).toMatch(/^[a-z]+(-[a-z0-9]+)*$/);
    for (const line of command.examples) expect(line).toMatch(new RegExp(`(^|\\| )occasio ${name}\\b`));
  });

  it('what_needs_a_word_says_so_before_what_does_not', () => {
    for (const [name, { words = [] }] of all) expect([name, words.findIndex((w) => w.optional === true) >= 0 && words.findLastIndex((w) => w.optional !== true) > words.findIndex((w) => w.optional === true)]).toEqual([name, false]);
  });
});

describe('a help is reached', () => {
  it('from_help_and_from_the_command_and_is_one_document_with_json', { timeout: 180_000 }, async () => {
    const place = newProject();
    const line = names.map((name) => `occasio help ${name} >h; ${/^claude$/.test(name) ? '' : `occasio ${name} --help | cmp - h || echo '${name} --help differs'; `}cat h`).join('; ');
    const ran = await shell(place, line);
    expect([ran.code, ran.err, ran.out]).toEqual([0, '', names.map((name) => printed(helpText(name, entryOf(name)))).join('')]);
    const json = await occasio(place, ['help', 'policy', 'show', '--json']);
    expect(JSON.parse(json.out)).toEqual({ help: helpText('policy show', entryOf('policy show')), commands: [{ name: 'show', summary: expect.any(String) }] });
    expect((await occasio(place, ['policy', 'show', '--all', 'x', '--help', '--json'])).out).toBe(json.out);
  });
});

/** As it stands where there is no terminal. */
function printed(text: string): string {
  const { io, out } = fakeIo();
  page(io, io.out, text);
  return out();
}

function entryOf(name: string): Parameters<typeof helpText>[1] {
  const found = all.find(([n]) => n === name)?.[1] ?? groups.find((g) => g.name === name);
  if (found === undefined) throw new Error(name);
  return found;
}

describe('an example of a help works as it stands', () => {
  it.each(all.flatMap(([name, { examples }]) => examples.map((line) => [line, name] as const)).filter(([line]) => !Object.hasOwn(elsewhere, line)))('%s', { timeout: 60_000 }, async (line, name) => {
    const place = newProject();
    await giveRecord(place);
    const ran = await shell(place, line, {}, servers[name]);
    expect([ran.code, ran.err]).toEqual([0, expect.not.stringContaining('Cannot')]);
    expect(ran.out).not.toBe('');
  });
});
