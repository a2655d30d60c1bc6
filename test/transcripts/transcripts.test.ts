/** Every command as its transcript shows it. `-u` writes what is printed now into the files: read them afterwards. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { commands } from '../../host/cli/commands.ts';
import { lacking } from '../support/lacking.ts';
import { noTerminal, replay } from './session.ts';
import { formatTranscript, parseTranscript } from './transcript.ts';

const folder = new URL('./', import.meta.url);
const files = readdirSync(folder).filter((name) => name.endsWith('.txt'));

const noScript = lacking(noTerminal !== null, `transcripts: ${noTerminal ?? ''}`);

describe('the program says what its transcripts show', () => {
  it.skipIf(noScript).each(files)('%s', { timeout: 120_000 }, async (name) => {
    const file = new URL(name, folder);
    await expect(await replay(readFileSync(file, 'utf8'))).toMatchFileSnapshot(file.pathname);
  });

  it('every_command_has_one', () => {
    expect(commands.map((c) => `${c.name}.txt`).filter((name) => !files.includes(name))).toEqual([]);
  });
});

describe('a transcript', () => {
  it('is_read_as_it_is_written', () => {
    const text = '# first\n$ echo a\n> echo b\n  a\n  b\n\n40$ false\n! no\n= 1\n';
    const steps = parseTranscript(text);
    expect(steps).toEqual([{ remarks: ['# first'], columns: null, typed: 'echo a\necho b' }, { remarks: [], columns: 40, typed: 'false' }]);
    const printed = [{ out: 'a\nb\n', err: '', code: 0 }, { out: '', err: 'no\n', code: 1 }];
    expect(formatTranscript(steps.map((step, i) => ({ step, printed: printed[i] ?? { out: '', err: '', code: 0 } })))).toBe(text);
  });
});
