import { describe, expect, it } from 'vitest';
import ts from 'typescript';
import { homes, rooms, runtimePlaces, type Room } from './rooms.ts';
import { importsOf, isSource, allFiles, lineOf, parse, roomFiles, walk, type Import } from './source.ts';

const within = (path: string, room: string): boolean => path === room || path.startsWith(`${room}/`);

function roomOf(path: string): Room | undefined {
  return rooms.filter((r) => within(path, r.room)).sort((a, b) => b.room.length - a.room.length)[0];
}

function packageOf(specifier: string): string {
  return specifier.startsWith('node:') ? 'node:' : specifier.split('/').slice(0, specifier.startsWith('@') ? 2 : 1).join('/');
}

/** What is wrong with an import, or null. */
function stray(found: Import): string | null {
  const room = roomOf(found.file);
  if (room === undefined) return `${found.file} is in no room of test/house/rooms.ts`;
  const at = `${found.file}:${found.line} imports ${found.specifier}`;
  if (found.target === null) {
    const name = packageOf(found.specifier);
    return room.packages?.includes(name) === true ? null : `${at}: ${room.room} may not use ${name}`;
  }
  if (within(found.target, room.room)) return null;
  const allowed = found.typeOnly ? [...room.rooms, ...(room.types ?? [])] : room.rooms;
  return allowed.some((r) => within(found.target ?? '', r)) ? null : `${at}: ${room.room} may not import ${roomOf(found.target)?.room ?? found.target}`;
}

/** Written by the build; its types stand beside it. */
const GENERATED: ReadonlySet<string> = new Set(['host/policy/secrets/tables.js']);

describe('imports', () => {
  const files = roomFiles();
  const imports = files.flatMap((path) => importsOf(path));

  it('every_file_is_in_a_room', () => {
    expect(files.filter((path) => roomOf(path) === undefined)).toEqual([]);
  });

  it('no_import_crosses_a_wall', () => {
    expect(imports.map(stray).filter((w) => w !== null)).toEqual([]);
  });

  it('a_stray_import_is_found', () => {
    const found = (file: string, text: string): (string | null)[] => importsOf(file, parse(file, text)).map(stray);
    expect(found('host/policy/x.ts', "import { a } from '../gate/index.ts';")).not.toEqual([null]);
    expect(found('host/policy/x.ts', "export * from '../ops.ts';")).not.toEqual([null]);
    expect(found('host/wire/x.ts', "const a = await import('node:fs');")).not.toEqual([null]);
    expect(found('host/wire/x.ts', "import { decide } from '../policy/index.ts';")).not.toEqual([null]);
    expect(found('host/wire/x.ts', "import type { Judged } from '../policy/types.ts';")).toEqual([null]);
    expect(found('core-wasm/core.ts', "import { x } from '../verifiers/formats/error.ts';")).not.toEqual([null]);
    expect(found('host/runtime/x.ts', "import { x } from '../cli/print.ts';")).not.toEqual([null]);
  });

  it('relative_imports_name_the_file_that_runs', () => {
    const bare = imports.filter((i) => i.target !== null && !i.file.startsWith('core-wasm/assembly/') && !/\.(ts|json)$/.test(i.target) && !GENERATED.has(i.target));
    expect(bare.map((i) => `${i.file}:${i.line} ${i.specifier}`)).toEqual([]);
  });

  it('an_outside_package_has_one_home', () => {
    const away = imports.filter((i) => i.target === null && !i.specifier.startsWith('node:')).filter((i) => !(homes[packageOf(i.specifier)] ?? []).some((home) => i.file.startsWith(home)));
    expect(away.map((i) => `${i.file}:${i.line} ${i.specifier}`)).toEqual([]);
  });

  it('no_file_reaches_itself_through_its_imports', () => {
    expect(cycles(imports.filter((i) => !i.typeOnly && i.target !== null))).toEqual([]);
  });

  it('a_cycle_is_found', () => {
    const edge = (file: string, target: string): Import => ({ file, target, line: 1, specifier: target, typeOnly: false });
    expect(cycles([edge('a', 'b'), edge('b', 'c'), edge('c', 'a'), edge('d', 'a')])).toHaveLength(1);
  });
});

/** One line for each way back found by a walk in depth. */
function cycles(edges: readonly Import[]): string[] {
  const next = new Map<string, string[]>();
  for (const e of edges) next.set(e.file, [...(next.get(e.file) ?? []), e.target ?? '']);
  const done = new Set<string>();
  const found: string[] = [];
  const visit = (path: string, trail: readonly string[]): void => {
    if (trail.includes(path)) found.push([...trail.slice(trail.indexOf(path)), path].join(' -> '));
    if (done.has(path) || trail.includes(path)) return;
    for (const to of next.get(path) ?? []) visit(to, [...trail, path]);
    done.add(path);
  };
  for (const path of next.keys()) visit(path, []);
  return found;
}

describe('runtime names', () => {
  const names = new Set(['process', 'Buffer', 'Bun', 'Deno', '__dirname', '__filename', 'require']);

  /** Uses of a runtime's own names: identifiers that are read, not members or keys that happen to be called so. */
  function uses(path: string, source = parse(path)): string[] {
    const found: string[] = importsOf(path, source).filter((i) => i.specifier.startsWith('node:')).map((i) => `${path}:${i.line} ${i.specifier}`);
    walk(source, (node) => {
      if (!ts.isIdentifier(node) || !names.has(node.text)) return;
      const parent = node.parent;
      const isName = (ts.isPropertyAccessExpression(parent) && parent.name === node && !(ts.isIdentifier(parent.expression) && parent.expression.text === 'globalThis')) ||
        ((ts.isPropertyAssignment(parent) || ts.isPropertySignature(parent) || ts.isMethodSignature(parent) || ts.isMethodDeclaration(parent) || ts.isPropertyDeclaration(parent)) && parent.name === node);
      if (!isName) found.push(`${path}:${lineOf(source, node)} ${node.text}`);
    });
    return found;
  }

  it('stand_only_in_the_doors', () => {
    const elsewhere = allFiles().filter((path) => isSource(path) && /^(core-wasm|verifiers|host|web)\//.test(path) && !runtimePlaces.some((p) => p.test(path)));
    expect(elsewhere.flatMap((path) => uses(path))).toEqual([]);
  });

  it('are_found_where_they_are_used_and_not_where_they_are_only_words', () => {
    const found = (text: string): number => uses('host/x.ts', parse('host/x.ts', text)).length;
    expect(found('const a = process.env;')).toBe(1);
    expect(found('export const b = globalThis.Buffer;')).toBe(1);
    expect(found("import { readFileSync } from 'node:fs';")).toBe(1);
    expect(found("// process\nconst c = 'Buffer'; const d = { process: 1 }; const e = d.process;")).toBe(0);
  });
});
