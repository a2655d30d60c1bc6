import { describe, expect, it } from 'vitest';
import { documented } from '../cli/documented.ts';
import { allFiles, read } from './source.ts';

/** Lines of the shell blocks of a document; `npx occasio` is `occasio`. */
function commandsOf(text: string): string[] {
  return [...text.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].flatMap((m) => (m[1] ?? '').split('\n')).map((l) => l.trim().replace(/^npx occasio/, 'occasio')).filter((l) => l !== '');
}

describe('documents', () => {
  it.each(['README.md', 'docs/commands.md', 'docs/verify.md', 'docs/CONTRIBUTING.md'])('every_command_of_%s_is_run_by_a_test', (path) => {
    const known = new Set(documented.map((d) => d.line));
    const shown = commandsOf(read(path));
    expect(shown.length).toBeGreaterThan(0);
    expect(shown.filter((line) => !known.has(line))).toEqual([]);
  });

  it('what_a_test_lists_is_shown_somewhere', () => {
    const shown = new Set(['README.md', 'docs/commands.md', 'docs/verify.md', 'docs/CONTRIBUTING.md'].flatMap((path) => commandsOf(read(path))));
    expect(documented.map((d) => d.line).filter((line) => !shown.has(line))).toEqual([]);
  });

  it('links_between_documents_lead_to_files', () => {
    const files = new Set(allFiles());
    const folders = new Set([...files].flatMap((f) => f.split('/').map((_, i, parts) => parts.slice(0, i).join('/'))));
    const broken = [...files].filter((f) => f.endsWith('.md')).flatMap((file) =>
      [...read(file).matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)(#[^)]*)?\)/g)]
        .map((m) => new URL(m[1] ?? '', `file:///${file}`).pathname.slice(1).replace(/\/$/, ''))
        .filter((target) => !files.has(target) && !folders.has(target))
        .map((target) => `${file} -> ${target}`),
    );
    expect(broken).toEqual([]);
  });

  it('the_notice_names_every_package_whose_code_we_ship', () => {
    const licences = read('dist/LICENSES.txt');
    const shipped = [...licences.matchAll(/^(@?[a-z0-9/-]+) \d+\.\d+\.\d+\S* \(([^)]+)\)$/gm)].map((m) => ({ name: m[1] ?? '', license: m[2] ?? '' }));
    expect(shipped.length).toBeGreaterThan(0);
    const notice = read('NOTICE').split('\n').map((l) => l.trim().split(/\s+/));
    expect(shipped.filter(({ name, license }) => !notice.some((words) => words[0] === name && words[1] === license))).toEqual([]);
    expect(shipped.filter(({ license }) => !/^(MIT|ISC|Apache-2\.0|BSD-[23]-Clause|BlueOak-1\.0\.0)$/.test(license))).toEqual([]);
    expect(licences).not.toContain('no licence text of its own');
  });
});

describe('package.json', () => {
  const pkg = JSON.parse(read('package.json')) as { readonly dependencies?: unknown; readonly scripts: { readonly [name: string]: string }; readonly files: readonly string[]; readonly bin: { readonly [name: string]: string } };

  it('has_no_dependency_at_run_time', () => {
    expect(pkg.dependencies).toBeUndefined();
  });

  it('builds_by_prepare_so_that_npm_ci_is_enough', () => {
    expect(pkg.scripts['prepare']).toBe('npm run build');
    expect(Object.keys(pkg.scripts)).not.toEqual(expect.arrayContaining(['postinstall']));
    expect(Object.keys(pkg.scripts).filter((name) => /install$/.test(name))).toEqual([]);
  });

  it('and_deno_json_name_the_same_tasks', () => {
    const deno = JSON.parse(read('deno.json')) as { readonly tasks: object };
    const own = Object.keys(pkg.scripts).filter((name) => name !== 'prepare');
    expect(Object.keys(deno.tasks).sort()).toEqual(own.sort());
  });

  it('the_version_stands_in_one_place', () => {
    const version = (JSON.parse(read('package.json')) as { readonly version: string }).version;
    const elsewhere = allFiles().filter((path) => /^(host|verifiers|core-wasm|tools)\//.test(path) && read(path).includes(`'${version}'`));
    expect(elsewhere).toEqual([]);
  });
});
