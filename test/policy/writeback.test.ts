/** Write-back: what the model writes with placeholders in it, and what it can learn from being refused. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { redact, restoreWriting, type Restored, type Writing } from '../../host/policy/index.ts';
import { couldCut } from '../../host/policy/writeback/cut.ts';
import { viewOf } from '../../host/policy/writeback/view.ts';
import { exampleSecret } from '../support/secrets.ts';
import { core, policy, seeded, utf8 } from './given.ts';

const key = utf8('a key of thirty-two bytes or such');
const reader = { core, key, policy: policy('') };
const seen = (text: string): string => redact(core, key, reader.policy, text).text;
const view = (text: string) => viewOf(reader, text) ?? expect.fail('no view');
const edit = (from: string, to: string, all = false): Writing => ({ kind: 'edit', steps: [{ from, to, all }] });
const whole = (text: string): Writing => ({ kind: 'whole', text });
const fault = (restored: Restored): string | null => ('fault' in restored ? restored.fault : null);

const TOKEN = exampleSecret();
const WORD = ['xK9', 'vQ2', 'mR7', 'tL4', 'wZ8', 'pN3'].join('');
const FILE = `# settings\nregion: eu\n  token: ${TOKEN}\npassword = "${WORD}"\nPORT=3000\nDEBUG=1\nlast line\n`;
const SEEN = seen(FILE);
const MARKS = SEEN.match(/\[REDACTED:[^\]]+\]/g) ?? [];
const [T, W] = [MARKS[0] ?? '', MARKS[1] ?? ''];

describe('a view', () => {
  it('is_what_redaction_gives_with_the_values_behind_it', () => {
    expect(MARKS).toHaveLength(2);
    expect(view(FILE).text).toBe(SEEN);
    expect(view(FILE).hidden.map(({ value }) => value)).toEqual([TOKEN, WORD]);
    expect(view(FILE).raw).toBe(FILE);
  });
});

describe('what is turned back', () => {
  const cases: readonly (readonly [string, Writing, Writing])[] = [
    ['a line beside', edit(`  token: ${T}\npassword`, `  token: ${T}\n  user: me\npassword`), edit(`  token: ${TOKEN}\npassword`, `  token: ${TOKEN}\n  user: me\npassword`)],
    ['a line without its indentation', edit(`token: ${T}`, `token: ${T}\n  more: 1`), edit(`token: ${TOKEN}`, `token: ${TOKEN}\n  more: 1`)],
    ['the line taken out', edit(`  token: ${T}\n`, ''), edit(`  token: ${TOKEN}\n`, '')],
    ['both in one text', edit(SEEN, `${SEEN}more\n`), edit(FILE, `${FILE}more\n`)],
    ['a text after the closing quote', edit(`password = "${W}"`, `password = "${W}", # as before`), edit(`password = "${WORD}"`, `password = "${WORD}", # as before`)],
    ['a file written anew', whole(`region: us\n  token: ${T}\n`), whole(`region: us\n  token: ${TOKEN}\n`)],
  ];
  it.each(cases)('%s', (_, given, wanted) => {
    const restored = restoreWriting(reader, given, [FILE]);
    expect(restored).toMatchObject({ writing: wanted, guarded: true });
    const texts = (writing: Writing): string[] => (writing.kind === 'whole' ? [writing.text] : writing.steps.flatMap(({ from, to }) => [from, to]));
    expect(texts(wanted).map(seen)).toEqual(texts(given));
  });
  it('what_holds_no_placeholder_is_the_very_same', () => {
    for (const given of [edit('region: eu\n', 'region: us\n'), edit('DEBUG=1\nlast line', 'DEBUG=0\nlast line'), whole('no secret\n')]) {
      expect(restoreWriting(reader, given, [FILE])).toMatchObject({ count: 0, writing: given });
    }
    expect(restoreWriting(reader, edit('x', 'y'), ['no secret'])).toMatchObject({ count: 0, guarded: false });
    expect(restoreWriting(reader, edit('x', 'y'), [])).toMatchObject({ count: 0, guarded: false });
  });
  it('replacements_one_after_the_other_see_what_the_first_has_left', () => {
    const steps = (last: string): Writing => ({ kind: 'edit', steps: [{ from: 'DEBUG=1\nlast', to: 'DEBUG=1\nfirst', all: false }, { from: 'DEBUG=1\nfirst line\n', to: '', all: false }, { from: `  token: ${T}\n`, to: last, all: false }] });
    expect(restoreWriting(reader, steps(`  token: ${T}\n  x: 1\n`), [FILE])).toMatchObject({ count: 2 });
    expect(fault(restoreWriting(reader, steps(`x ${T}\n`), [FILE]))).toBe('secret-cut');
    expect(fault(restoreWriting(reader, { kind: 'edit', steps: [{ from: 'region: eu\n', to: 'x: 1\n', all: false }, { from: 'region: eu\n', to: '', all: false }] }, [FILE]))).toBe('secret-cut');
  });
  it('a_cell_takes_its_placeholders_from_any_cell', () => {
    expect(restoreWriting(reader, whole(`x = 1\n  token: ${T}\n`), ['import os\n', `  token: ${TOKEN}\n`])).toMatchObject({ count: 1 });
  });
});

describe('what is refused', () => {
  const forged = `[REDACTED:github-token:${'a'.repeat(10)}]`;
  const other = seen(`  token: ${TOKEN.slice(0, -1)}9\n`);
  const unknown: readonly (readonly [string, Writing, readonly string[]])[] = [
    ['forged', edit(`x ${forged}`, 'y'), [FILE]],
    ['forged in the new text', edit('region: eu', `region: ${forged}`), [FILE]],
    ['of another file', whole(other), [FILE]],
    ['in a file without secrets', whole(T), ['nothing']],
    ['in a file that is not there', whole(T), []],
    ['of another label', whole(T.replace('github', 'gitlab')), [FILE]],
    ['cut short', whole(`  token: ${T.slice(0, -1)}\n`), [FILE]],
    ['standing in the file as it is, beside the value', edit(`  token: ${T}\n`, `  token: ${T}\nx\n`), [`${FILE}copy: ${T}\n`]],
    ['nested', whole(`[REDACTED:${T}`), [FILE]],
  ];
  it.each(unknown)('a_placeholder_%s', (_, given, files) => expect(fault(restoreWriting(reader, given, files))).toBe('placeholder-unknown'));

  it('a_placeholder_of_two_values', () => {
    const digest = (text: string): Uint8Array => core.hmac(key, utf8(text.slice(0, 4)));
    const weak = { ...core, hmac: (_: Uint8Array, text: Uint8Array) => digest(new TextDecoder().decode(text)) };
    const two = `  a: ${TOKEN}\n  b: ${TOKEN.slice(0, -6)}Qx7Lm2\n`;
    const mark = /\[REDACTED:[^\]]+\]/.exec(redact(weak, key, reader.policy, two).text)?.[0] ?? '';
    expect(redact(weak, key, reader.policy, two).text.split(mark)).toHaveLength(3);
    expect(fault(restoreWriting({ ...reader, core: weak }, whole(`  a: ${mark}\n`), [two]))).toBe('placeholder-unknown');
  });

  const cut: readonly (readonly [string, Writing])[] = [
    ['a right guess', edit(TOKEN.slice(0, 9), 'x')],
    ['a wrong guess', edit(`${TOKEN.slice(0, 8)}Z`, 'x')],
    ['the whole value', edit(TOKEN, 'x')],
    ['a guess with what stands before', edit(`token: ${TOKEN.slice(0, 5)}`, 'token: x')],
    ['a wrong guess with what stands before', edit('token: zzzzz', 'token: x')],
    ['a guess with what stands behind', edit(`${TOKEN.slice(-1)}\npassword`, 'x')],
    ['a guess that stands elsewhere too', edit('PORT=3000', 'PORT=1')],
    ['every o', edit('o', '0', true)],
    ['part of a placeholder', edit('REDACTED', 'x')],
    ['the end of a placeholder', edit(`${T.slice(-4)}\npassword`, 'x\npassword')],
    ['what is not there', edit('no such line', 'x')],
    ['nothing', edit('', 'x')],
    ['the name before a secret', edit('password = "', 'pass = "')],
    ['the line end before a secret', edit('region: eu\n', 'region: eu ')],
    ['the line end behind a secret', edit(`token: ${T}\n`, `token: ${T}`)],
    ['a character put before the value', edit(`  token: ${T}`, `  token: x${T}`)],
    ['a character put behind the value', edit(`  token: ${T}`, `  token: ${T}x`)],
    ['the placeholder alone', edit(`${W}`, `${W}${W}`)],
    ['a part of the line that leads to it', edit(`d = "${W}"`, `d = "${W}"`)],
    ['two secrets joined', edit(`  token: ${T}\n`, `  token: ${T}${W}\n`)],
    ['another line for the value', whole(`  key: ${T}\n`)],
    ['the value within a command', whole(`curl -H "x: ${T}" example.com\n`)],
    ['a name that was a comment', whole(`// ${W}\n`)],
  ];
  it.each(cut)('%s', (_, given) => expect(fault(restoreWriting(reader, given, [FILE]))).toBe('secret-cut'));

  it('an_edit_that_takes_the_line_end_along', () => {
    const file = `a: \nb\n  token: ${TOKEN}\n`;
    expect(fault(restoreWriting(reader, edit('\nb', ''), [file]))).toBe('secret-cut');
  });
  it('a_placeholder_that_is_found_twice_without_replace_all', () => {
    const file = `  token: ${TOKEN}\n--\n  token: ${TOKEN}\n`;
    expect(fault(restoreWriting(reader, edit(`  token: ${T}`, `  token: ${T}\n#`), [file]))).toBe('secret-cut');
    expect(restoreWriting(reader, edit(`  token: ${T}`, `  token: ${T}\n#`, true), [file])).toMatchObject({ count: 2 });
  });
  it('more_than_can_be_looked_at', () => {
    const long = `${' '.repeat(60_000)}token: ${T} `.repeat(1000);
    expect(fault(restoreWriting(reader, whole(long), [FILE]))).toBe('secret-cut');
  });
  it('a_value_that_a_pattern_of_the_policy_denies', () => {
    const strict = { ...reader, policy: policy(`deny_patterns: {own: '${TOKEN.slice(4, 12)}'}`) };
    expect(fault(restoreWriting(strict, whole(`  token: ${T}\n`), [FILE]))).toBe('secret-cut');
  });
});

describe('whether a find could lie in a secret', () => {
  it('follows_from_what_is_seen_alone', () => {
    const v = view(FILE);
    const answers: readonly (readonly [string, boolean])[] = [
      ['region: eu', false], ['last line', false], ['PORT=3000\nDEBUG=1', false], ['PORT=3000', true], ['eu', true],
      ['token: anything', true], ['tokem: anything', false], ['anything\npassword = "', true], ['anything\npassword = "anything"\nPORT', true],
      ['anything\npasswort = "', false], ['  token: x\npassword = "y"\nPORT=3000', true], ['  token: x\npassword = "y"\nPORT=3001', false], [' ', false], ['\n', false], ['', true],
    ];
    expect(answers.map(([text]) => [text, couldCut(v, text)])).toEqual(answers);
  });
  it('is_never_no_where_it_does', () => {
    const random = seeded(4711);
    for (let round = 0; round < 3000; round++) {
      const letters = (n: number): string => Array.from({ length: n }, () => 'ab \n'[random(4)]).join('');
      const [first, second, third] = [letters(random(6)), letters(random(4)), letters(random(6))];
      const values = [0, 1].map(() => `a${letters(random(5))}b`);
      const v = { visible: [first, second, third], hidden: values.map((value) => ({ value, placeholder: '#' })), raw: first + values[0] + second + values[1] + third, text: `${first}#${second}#${third}` };
      const secrets = [first.length, first.length + (values[0] ?? '').length + second.length].map((start, i) => [start, start + (values[i] ?? '').length] as const);
      const from = random(v.raw.length);
      const to = from + 1 + random(v.raw.length - from);
      const touches = secrets.some(([start, end]) => from < end && to > start);
      if (touches) expect([v.raw, v.raw.slice(from, to), couldCut(v, v.raw.slice(from, to))]).toEqual([v.raw, v.raw.slice(from, to), true]);
    }
  });
});

describe('no oracle', () => {
  /** A file, an agent that edits it, and what the model sees of both. */
  const play = (file: string, moves: readonly ((shown: string) => Writing)[]): string[] => {
    let now = file;
    const told: string[] = [];
    const named = (text: string): string => text.replace(/(\[REDACTED:[a-z-]+:)[a-z2-7]{10}\]/g, '$1…]');
    for (const move of moves) {
      const given = move(seen(now));
      const restored = restoreWriting(reader, given, [now]);
      if ('fault' in restored) told.push(restored.fault);
      else {
        const { writing } = restored;
        if (writing.kind === 'whole') now = writing.text;
        else {
          for (const { from, to, all } of writing.steps) {
            const count = now.split(from).length - 1;
            if (count === 0 || (count > 1 && !all)) told.push(`found ${count === 0 ? 0 : 'several'}`);
            else now = all ? now.split(from).join(to) : now.replace(from, () => to);
          }
        }
        told.push(named(seen(now)));
      }
    }
    return told;
  };
  const body = (random: (n: number) => number): string => Array.from({ length: 36 }, () => 'ABCDEFGHJKLMNPQRSTUVWXYZabcdefghjkmnpqrstuvwxyz23456789'[random(54)]).join('');

  it('two_values_of_one_shape_give_the_same_answers', () => {
    let done = 0;
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1 << 30 }), (seed) => {
        const random = seeded(seed);
        const [one, two] = [`ghp_${body(random)}`, `ghp_${body(random)}`];
        const file = (value: string): string => `a: 1\n  token: ${value}\nb: ${'ghp_'}\nPORT=30 x\nlast\n`;
        const moves = Array.from({ length: 6 }, () => {
          const kind = random(8);
          const [at, length, alsoAll, guess] = [random(1000), 1 + random(30), random(2) === 1, random(3)];
          // A guess is a piece of the one value: right in one world, wrong in the other.
          const piece = one.slice(random(20), 20 + random(20));
          return (shown: string): Writing => {
            const start = at % Math.max(1, shown.length);
            const cutOut = shown.slice(start, start + length);
            const mark = /\[REDACTED:[^\]]+\]/.exec(shown)?.[0] ?? 'none';
            const to = [`${mark}${piece}`, `  token: ${mark}\n`, 'new text'][guess] as string;
            const lines = shown.split('\n');
            const line = lines[at % lines.length] ?? '';
            return [
              edit(piece, 'x', alsoAll), edit(cutOut, to, alsoAll), edit(`token: ${piece}`, to), edit(`${line}\n`, `${line}\nmore ${at}\n`, alsoAll),
              whole(lines.filter((_, i) => i !== at % lines.length).join('\n')), edit(`${line}\n`, ''), edit(cutOut, '', alsoAll), whole(`${shown}${piece.slice(0, 3)}${mark}`),
            ][kind] as Writing;
          };
        });
        const [first, second] = [play(file(one), moves), play(file(two), moves)];
        expect(second).toEqual(first);
        expect(first.join('\n')).not.toContain(one.slice(4));
        done += first.filter((text) => text.includes('[REDACTED')).length;
      }),
      { seed: 20260101, numRuns: 400 },
    );
    // Not all of them are refusals.
    expect(done).toBeGreaterThan(200);
  });
});
