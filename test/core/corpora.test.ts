import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadCore } from '../support/core.ts';
import { oracle } from './json-oracle.ts';
import { textOf } from './random.ts';
import { lacking } from '../support/lacking.ts';

const corpora = process.env['OCCASIO_CORPORA'] ?? '';
const core = loadCore();

function files(folder: string): readonly string[] {
  const path = join(corpora, folder);
  return corpora === '' || !existsSync(path) ? [] : readdirSync(path).filter((name) => name.endsWith('.json')).sort();
}

const read = (folder: string, name: string): Uint8Array => new Uint8Array(readFileSync(join(corpora, folder, name)));

/** Texts that RFC 8259 takes and we refuse: its section 4 leaves open what a name twice in one object means. */
const REFUSED = new Set(['y_object_duplicated_key.json', 'y_object_duplicated_key_and_value.json']);

describe('corpora', () => {
  const parsing = files('json-parsing');
  const pairs = files('jcs/input');

  const noTexts = lacking(parsing.length === 0, 'no corpus json-parsing in OCCASIO_CORPORA');
  const noPairs = lacking(pairs.length === 0, 'no corpus jcs in OCCASIO_CORPORA');

  it.skipIf(noTexts)('every_legal_text_is_accepted_but_for_duplicate_names', () => {
    const legal = parsing.filter((name) => name.startsWith('y_'));
    expect(legal.length).toBeGreaterThan(50);
    for (const name of legal) {
      const result = core.canonicalize(read('json-parsing', name), 'jcs');
      expect([name, result.ok ? null : result.fault.code]).toEqual([name, REFUSED.has(name) ? 'duplicate-name' : null]);
    }
  });

  it.skipIf(noTexts)('every_illegal_text_is_refused_under_both_profiles', () => {
    const illegal = parsing.filter((name) => name.startsWith('n_'));
    expect(illegal.length).toBeGreaterThan(100);
    const accepted = illegal.filter((name) => core.canonicalize(read('json-parsing', name), 'jcs').ok || core.canonicalize(read('json-parsing', name), 'row').ok);
    expect(accepted).toEqual([]);
  });

  it.skipIf(noTexts)('every_text_is_judged_as_the_oracle_judges_it', () => {
    for (const name of parsing) {
      const bytes = read('json-parsing', name);
      for (const profile of ['jcs', 'row'] as const) expect([name, core.canonicalize(bytes, profile)]).toEqual([name, oracle(bytes, profile)]);
    }
  });

  it.skipIf(noPairs)('every_pair_of_rfc_8785_is_equal', () => {
    for (const name of pairs) {
      const result = core.canonicalize(read('jcs/input', name), 'jcs');
      expect([name, result.ok ? textOf(result.bytes) : result.fault]).toEqual([name, textOf(read('jcs/output', name))]);
    }
  });
});
