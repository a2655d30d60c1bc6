/** A case that is skipped says why: the condition comes from `lacking`, which prints it. */
import { describe, expect, it } from 'vitest';
import ts from 'typescript';
import { allFiles, lineOf, parse, walk } from './source.ts';

const SKIPS = new Set(['skip', 'skipIf', 'runIf', 'todo', 'only']);
const CASES = /^(?:it|test|describe|suite|bench)\b/;

function isLacking(node: ts.Node | undefined): boolean {
  return node !== undefined && ts.isCallExpression(node) && ts.isIdentifier(node.expression) && node.expression.text === 'lacking' && node.arguments.length === 2;
}

/** `name` is a constant of the file that `lacking` gave. */
function isGiven(source: ts.SourceFile, name: string): boolean {
  let given = false;
  walk(source, (node) => {
    if (ts.isVariableDeclaration(node) && node.name.getText(source) === name) given ||= isLacking(node.initializer);
  });
  return given;
}

function quietSkips(path: string, source = parse(path)): string[] {
  const found: string[] = [];
  walk(source, (node) => {
    if (!ts.isPropertyAccessExpression(node) || !SKIPS.has(node.name.text)) return;
    const chain = node.expression.getText(source);
    // `context.skip('why')` within a case gives its reason itself.
    if (!CASES.test(chain)) return;
    const condition = ts.isCallExpression(node.parent) && node.name.text === 'skipIf' ? node.parent.arguments[0] : undefined;
    if (isLacking(condition) || (condition !== undefined && ts.isIdentifier(condition) && isGiven(source, condition.text))) return;
    found.push(`${path}:${lineOf(source, node)} ${chain}.${node.name.text}`);
  });
  return found;
}

describe('skips', () => {
  it('every_skipped_case_prints_why', () => {
    expect(allFiles().filter((path) => /^test\/.*\.ts$/.test(path)).flatMap((path) => quietSkips(path))).toEqual([]);
  });

  it('a_quiet_one_is_found', () => {
    const found = (text: string): string[] => quietSkips('test/x.test.ts', parse('test/x.test.ts', text));
    for (const quiet of ["it.skip('a', f);", "it.skipIf(!python)('a', f);", "describe.runIf(x)('a', f);", "test.todo('a');", "it.only('a', f);", "it.each([1]).skip('a', f);", "const no = !python; it.skipIf(no)('a', f);", "it.skipIf(lacking(x))('a', f);"]) expect([quiet, found(quiet).length]).toEqual([quiet, 1]);
    for (const told of ["it.skipIf(lacking(!python, 'no python3'))('a', f);", "const no = lacking(!python, 'no python3'); it.skipIf(no)('a', f);", 'stream.skip(3);']) expect([told, found(told)]).toEqual([told, []]);
  });
});
