/** test/vectors/shell and test/vectors/powershell: a line, and what must be said of it. `words` must be among those found; other members must be equal. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { read, readPowerShell } from './reader.ts';

interface Vector {
  readonly name: string;
  readonly command: string;
  /** Absent: none. */
  readonly fault?: string | null;
  /** Null: clear. */
  readonly opaque?: string | null;
  readonly programs?: readonly string[];
  readonly commands?: readonly string[];
  readonly words?: readonly { readonly text: string; readonly access: string; readonly glob?: boolean; readonly directories?: readonly string[] }[];
  readonly absent?: readonly string[];
  readonly directories?: readonly string[];
}

for (const [language, reader] of [['shell', read], ['powershell', readPowerShell]] as const) {
  const folder = new URL(`../vectors/${language}/`, import.meta.url);
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.json'))) {
    const { about, place, vectors } = JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as { about: string; place: { home: string; cwd: string }; vectors: Vector[] };
    describe(`${language}/${file}: ${about}`, () => {
      test.each(vectors.map((v): [string, Vector] => [v.name, v]))('%s', (_, vector) => {
        const facts = reader(vector.command, place);
        expect(facts.fault).toBe(vector.fault ?? null);
        if (vector.opaque !== undefined) expect(facts.opaque).toBe(vector.opaque);
        if (vector.programs !== undefined) expect(facts.programs).toEqual(vector.programs);
        if (vector.commands !== undefined) expect(facts.commands).toEqual(vector.commands);
        if (vector.directories !== undefined) expect(facts.directories).toEqual(vector.directories);
        for (const word of vector.words ?? []) expect(facts.words).toContainEqual(expect.objectContaining(word));
        for (const text of vector.absent ?? []) expect(facts.words.map((w) => w.text)).not.toContain(text);
      });
    });
  }
}
