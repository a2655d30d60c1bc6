/** The sources as the house rules read them: files of the tree, parsed by the TypeScript compiler, never by pattern. */
import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join, posix, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

export const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

const skipped = new Set(['node_modules', 'dist', '.git', '.cache', 'coverage']);

/** Every file of the tree that is ours, as a path from the root with `/`. */
export function allFiles(folder = root): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((e) => !skipped.has(e.name))
    .flatMap((e) => (e.isDirectory() ? allFiles(join(folder, e.name)) : e.isFile() ? [relative(root, join(folder, e.name)).split(sep).join('/')] : []))
    .sort();
}

export function read(path: string): string {
  return readFileSync(join(root, path), 'utf8');
}

export function parse(path: string, text = read(path)): ts.SourceFile {
  return ts.createSourceFile(path, text, ts.ScriptTarget.ES2023, true, path.endsWith('.mjs') ? ts.ScriptKind.JS : ts.ScriptKind.TS);
}

export function isSource(path: string): boolean {
  return /\.(ts|mts|mjs)$/.test(path) && !path.endsWith('.d.mts') && !path.endsWith('.d.ts');
}

/** Shipped TypeScript: the rooms. */
export function roomFiles(): string[] {
  return allFiles().filter((path) => isSource(path) && /^(core-wasm|verifiers|host)\//.test(path));
}

export interface Import {
  readonly file: string;
  readonly line: number;
  /** As written. */
  readonly specifier: string;
  /** Path from the root where it is a file of ours, else null. */
  readonly target: string | null;
  /** Erased before it runs. */
  readonly typeOnly: boolean;
}

/** Static imports, re-exports, `import()` of a literal, and import types. */
export function importsOf(path: string, source = parse(path)): Import[] {
  const found: Import[] = [];
  const add = (node: ts.Node, literal: ts.Node | undefined, typeOnly: boolean): void => {
    if (literal === undefined || !ts.isStringLiteralLike(literal)) return;
    const specifier = literal.text;
    const target = specifier.startsWith('.') ? posix.normalize(posix.join(posix.dirname(path), specifier)) : null;
    found.push({ file: path, line: lineOf(source, node), specifier, target, typeOnly });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) add(node, node.moduleSpecifier, erased(node.importClause));
    else if (ts.isExportDeclaration(node)) add(node, node.moduleSpecifier, node.isTypeOnly);
    else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) add(node, node.argument.literal, true);
    else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) add(node, node.arguments[0], false);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

function erased(clause: ts.ImportClause | undefined): boolean {
  if (clause === undefined) return false;
  if (clause.isTypeOnly) return true;
  const names = clause.namedBindings;
  return clause.name === undefined && names !== undefined && ts.isNamedImports(names) && names.elements.length > 0 && names.elements.every((e) => e.isTypeOnly);
}

export function lineOf(source: ts.SourceFile, node: ts.Node): number {
  return source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1;
}

export function walk(source: ts.SourceFile, see: (node: ts.Node) => void): void {
  const visit = (node: ts.Node): void => {
    see(node);
    ts.forEachChild(node, visit);
  };
  visit(source);
}
