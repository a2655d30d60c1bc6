/** What is remembered of lines read before is the answer to that very line, there. */
import { describe, expect, it } from 'vitest';
import type { ShellFacts, ShellReader } from '../../host/shell/facts.ts';
import { remembering } from '../../host/shell/remember.ts';
import { read as bash } from './reader.ts';

const HERE = { home: '/home/u', cwd: '/home/u/work' };

/** A reader that says what it was asked, and how often. */
function asked(): { read: ShellReader; lines: string[] } {
  const lines: string[] = [];
  const read = remembering((command, { home, cwd }) => {
    lines.push(`${home} ${cwd} ${command}`);
    return { programs: [command, home, cwd] } as unknown as ShellFacts;
  });
  return { read, lines };
}

describe('a line read before', () => {
  it('is_read_once_and_has_the_same_facts', () => {
    const { read, lines } = asked();
    expect([read('npm test', HERE), read('npm test', { ...HERE })].map((facts) => facts.programs[0])).toEqual(['npm test', 'npm test']);
    expect(lines).toHaveLength(1);
  });

  it.each([
    ['another line', 'npm test ', HERE],
    ['another home', 'npm test', { ...HERE, home: '/home/v' }],
    ['another folder', 'npm test', { ...HERE, cwd: '/home/u' }],
    ['home and folder the other way round', 'npm test', { home: HERE.cwd, cwd: HERE.home }],
  ] as const)('does_not_answer_for_%s', (_, line, place) => {
    const { read } = asked();
    read('npm test', HERE);
    expect(read(line, place).programs).toEqual([line, place.home, place.cwd]);
  });

  it('is_forgotten_when_others_came_and_a_long_one_is_not_kept', () => {
    const { read, lines } = asked();
    read('first', HERE);
    for (let i = 0; i < 256; i++) read(`echo ${i}`, HERE);
    read('first', HERE);
    expect(lines.filter((line) => line.endsWith('first'))).toHaveLength(2);
    const long = `echo ${'x'.repeat(3000)}`;
    for (let i = 0; i < 2; i++) read(long, HERE);
    expect(lines.filter((line) => line.endsWith(long))).toHaveLength(2);
  });

  it('has_the_facts_that_reading_it_gives', () => {
    const read = remembering(bash);
    for (const line of ['cat ~/.env > out && cd src', 'eval "$X"', 'echo "', 'ls -la | grep a', 'cat ~/.env > out && cd src', 'echo "', 'ls -la | grep a']) expect(read(line, HERE)).toEqual(bash(line, HERE));
  });
});
