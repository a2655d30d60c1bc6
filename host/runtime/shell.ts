/** Loads a reader of command lines at its first use: the grammar of bash is the largest thing we ship and `verify` never needs it. */
import type { ShellLanguage, ShellReader } from '../shell/facts.ts';
import { createBashReader } from '../shell/bash.ts';
import { createPowerShellReader } from '../shell/powershell.ts';
import { remembering } from '../shell/remember.ts';
import { readAsset } from './asset.ts';

let bash: Promise<ShellReader> | undefined;
let powershell: Promise<ShellReader> | undefined;

export function loadShell(language: ShellLanguage = 'bash'): Promise<ShellReader> {
  bash ??= createBashReader({ runtime: readAsset('web-tree-sitter.wasm'), grammar: readAsset('tree-sitter-bash.wasm') }).then(remembering);
  return language === 'bash' ? bash : (powershell ??= bash.then(createPowerShellReader).then(remembering));
}
