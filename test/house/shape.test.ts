import { describe, expect, it } from 'vitest';
import ts from 'typescript';
import { longFiles, longFunctions } from './rooms.ts';
import { allFiles, isSource, lineOf, parse, read, roomFiles, walk } from './source.ts';

const FILE = 300;
const FUNCTION = 60;
/** A closure with its inner functions. */
const CLOSURE = 200;

const sources = allFiles().filter((path) => isSource(path) && /^(core-wasm|verifiers|host|tools|test|web)\//.test(path));
const rooms = roomFiles();

function lines(text: string): number {
  return text.split('\n').length - (text.endsWith('\n') ? 1 : 0);
}

/**
 * A closure that gives an interface counts as a class would: the functions inside it count for themselves, and what is
 * left over, all of them together, has a limit of its own.
 */
function longOnes(path: string, source = parse(path)): string[] {
  const found: string[] = [];
  const visit = (node: ts.Node): number => {
    let inside = 0;
    ts.forEachChild(node, (child) => void (inside += visit(child)));
    if (!ts.isFunctionLike(node) || !('body' in node) || node.body === undefined) return inside;
    const from = lineOf(source, node);
    const all = source.getLineAndCharacterOfPosition(node.getEnd()).line + 2 - from;
    const named = 'name' in node && node.name !== undefined ? node.name.getText(source) : ts.isVariableDeclaration(node.parent) ? node.parent.name.getText(source) : 'function';
    const long = all - inside > FUNCTION ? `${all - inside} lines of its own` : all > CLOSURE ? `${all} lines in all` : null;
    if (long !== null && longFunctions[`${path}#${named}`] === undefined) found.push(`${path}:${from} ${named}: ${long}`);
    return all;
  };
  visit(source);
  return found;
}

/** Departures that one node shows. */
function faults(path: string, source = parse(path)): string[] {
  const found: string[] = [];
  const add = (node: ts.Node, what: string): void => void found.push(`${path}:${lineOf(source, node)} ${what}`);
  walk(source, (node) => {
    if (node.kind === ts.SyntaxKind.AnyKeyword) add(node, 'any');
    if (ts.isExportAssignment(node)) add(node, 'default export');
    if (ts.canHaveModifiers(node) && ts.getModifiers(node)?.some((m) => m.kind === ts.SyntaxKind.DefaultKeyword) === true) add(node, 'default export');
    if (ts.isCatchClause(node) && node.block.statements.length === 0) add(node, 'empty catch');
    if (ts.isCallExpression(node) && ts.isPropertyAccessExpression(node.expression) && node.expression.name.text === 'catch') {
      const handler = node.arguments[0];
      if (handler !== undefined && ts.isArrowFunction(handler) && ts.isBlock(handler.body) && handler.body.statements.length === 0) add(node, 'empty catch');
    }
    if (ts.isEnumDeclaration(node) || ts.isModuleDeclaration(node)) add(node, 'enum or namespace');
    if (ts.isNonNullExpression(node) && path.startsWith('verifiers/')) add(node, 'non-null assertion on evidence');
  });
  source.text.split('\n').forEach((text, i) => {
    if (/@ts-(ignore|expect-error|nocheck)|eslint-disable/.test(text) && !/^test\/(house|pack)\//.test(path)) found.push(`${path}:${i + 1} a check switched off`);
  });
  return found;
}

describe('shape', () => {
  it(`no_file_is_longer_than_${FILE}_lines`, () => {
    const long = sources.filter((path) => longFiles[path] === undefined && lines(read(path)) > FILE);
    expect(long.map((path) => `${path}: ${lines(read(path))}`)).toEqual([]);
  });

  it(`no_function_is_longer_than_${FUNCTION}_lines`, () => {
    expect(rooms.flatMap((path) => longOnes(path))).toEqual([]);
  });

  it('no_any_no_default_export_no_empty_catch_no_check_switched_off', () => {
    // AssemblyScript has its own rules, and no `any` to misuse.
    expect([...rooms.filter((p) => !p.startsWith('core-wasm/assembly/')), ...sources.filter((p) => /^test\//.test(p) && p.endsWith('.test.ts'))].flatMap((path) => faults(path))).toEqual([]);
  });

  it('each_departure_is_found', () => {
    const found = (text: string): string[] => faults('host/x.ts', parse('host/x.ts', text));
    expect(found('const a: any = 1;')).toHaveLength(1);
    expect(found('export default 1;')).toHaveLength(1);
    expect(found('export default function f() { return 1; }')).toHaveLength(1);
    expect(found('try { f(); } catch { }')).toHaveLength(1);
    expect(found('try { f(); } catch { /* why */ }')).toHaveLength(1);
    expect(found('p.catch(() => {});')).toHaveLength(1);
    expect(found('// @ts-ignore\nf();')).toHaveLength(1);
    expect(found("try { f(); } catch (e) { g(e); } const any = 'any';")).toEqual([]);
    expect(longOnes('host/x.ts', parse('host/x.ts', `function f() {\n${'  g();\n'.repeat(60)}}`))).toHaveLength(1);
  });

  it('every_room_file_opens_with_what_it_is', () => {
    expect(rooms.filter((path) => !/^(#![^\n]*\n)?\s*\/[/*]/.test(read(path)))).toEqual([]);
  });
});
