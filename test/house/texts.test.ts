import { describe, expect, it } from 'vitest';
import { allFiles, read, root } from './source.ts';

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

/** Patterns are put together from pieces, so that this file does not hold what it forbids. */
const forbidden: readonly { readonly what: string; readonly pattern: RegExp }[] = [
  { what: 'a path of a machine', pattern: new RegExp(`(?<![\\w.$}*])/${'work'}/(main|shared|\\.)|${escaped(root.length > 12 ? root : `/${'work'}/main`)}(?![\\w-])`) },
  { what: 'a package registry', pattern: new RegExp(['registry\\.npm' + 'js', 'registry\\.yarn' + 'pkg', 'npm\\.pkg\\.git' + 'hub', 'jsr' + '\\.io/@', 'pypi' + '\\.org', 'npm' + 'mirror'].join('|')) },
  { what: 'a private package registry', pattern: new RegExp('https?://[^\\s"\']*(artif' + 'actory|ver' + 'daccio|nex' + 'us)[^\\s"\']*', 'i') },
];

/** Bytes that are not text, or are data of the tests themselves. */
const notText = /\.(wasm|png|gz|bin|woff2?)$/;

describe('texts', () => {
  const files = allFiles().filter((path) => !notText.test(path));

  it.each(forbidden)('hold_no_$what', ({ pattern }) => {
    const found = files.flatMap((path) => read(path).split('\n').flatMap((text, i) => (pattern.test(text) ? [`${path}:${i + 1} ${text.trim().slice(0, 100)}`] : [])));
    expect(found).toEqual([]);
  });

  it('the_lock_file_names_no_address', () => {
    expect(read('package-lock.json')).not.toMatch(/"resolved"/);
    expect(read('package-lock.json')).toMatch(/"integrity"/);
  });

  it('what_is_forbidden_is_found', () => {
    const samples = [`see /${'work'}/main`, `https://registry.npm${'js'}.org/yaml`, `http://host/artif${'actory'}/api`];
    forbidden.forEach(({ pattern }, i) => expect(samples[i]).toMatch(pattern));
  });

  it('end_with_a_line_feed_and_hold_no_tab_indentation_or_trailing_space', () => {
    const ours = files.filter((path) => /\.(ts|mjs|md|json)$/.test(path) && !path.startsWith('test/vectors/'));
    const wrong = ours.filter((path) => {
      const text = read(path);
      return text !== '' && (!text.endsWith('\n') || (/[ \t]+$/m.test(text) && !path.endsWith('.md')));
    });
    expect(wrong).toEqual([]);
  });
});
