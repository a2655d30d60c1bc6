/** Loads the bash reader at its first use: its grammar is the largest thing we ship and `verify` never needs it. */
import type { ShellReader } from '../shell/facts.ts';
import { createBashReader } from '../shell/bash.ts';
import { readAsset } from './asset.ts';

let reader: Promise<ShellReader> | undefined;

export function loadShell(): Promise<ShellReader> {
  return (reader ??= createBashReader({ runtime: readAsset('web-tree-sitter.wasm'), grammar: readAsset('tree-sitter-bash.wasm') }));
}
