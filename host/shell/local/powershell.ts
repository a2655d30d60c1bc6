/**
 * Which PowerShell lines are answered here when the policy says so: one cmdlet of four, plain words, no wildcard, whole names of
 * parameters. Null: the line is for the agent's own shell. Pure; the line is attacker-controlled.
 *
 *   Get-Content FILE [-TotalCount N | -Tail N]      Get-ChildItem -Name [FOLDER] [-File | -Directory] [-Force]
 *   Test-Path PLACE [-PathType Leaf|Container|Any]  Select-String -Pattern TEXT -Path FILE [-SimpleMatch] [-CaseSensitive]
 */
import { isPlace } from './options.ts';

export type PowerShellPlan =
  | { readonly program: 'Get-Content'; readonly path: string; readonly head: number | null; readonly tail: number | null }
  | { readonly program: 'Get-ChildItem'; readonly path: string; readonly kind: 'any' | 'file' | 'folder'; readonly hidden: boolean }
  | { readonly program: 'Test-Path'; readonly path: string; readonly kind: 'any' | 'file' | 'folder' }
  | { readonly program: 'Select-String'; readonly path: string; readonly pattern: string; readonly caseSensitive: boolean };

const NAMES: ReadonlyMap<string, PowerShellPlan['program']> = new Map([
  ['get-content', 'Get-Content'], ['gc', 'Get-Content'], ['get-childitem', 'Get-ChildItem'], ['gci', 'Get-ChildItem'], ['test-path', 'Test-Path'], ['select-string', 'Select-String'], ['sls', 'Select-String'],
]);

const MAX_LINE = 4_096;
/** A bare word, or one whole quoted text with nothing in it that PowerShell would expand. */
const WORD = /[ \t]+(?:([A-Za-z0-9_./\\+=-]+)|'([^'\u2018-\u201b\n]*)'|"([^"\u201c-\u201e$`\n]*)")(?=[ \t]|$)/y;

interface Word {
  readonly text: string;
  readonly bare: boolean;
}

export function localPowerShell(line: string): PowerShellPlan | null {
  const text = line.trim();
  const head = /^[A-Za-z-]+(?=[ \t]|$)/.exec(text)?.[0] ?? '';
  const program = NAMES.get(head.toLowerCase());
  if (program === undefined || text.length > MAX_LINE) return null;
  const words: Word[] = [];
  for (WORD.lastIndex = head.length; WORD.lastIndex < text.length; ) {
    const found = WORD.exec(text);
    if (found === null) return null;
    words.push({ text: found[1] ?? found[2] ?? found[3] ?? '', bare: found[1] !== undefined });
  }
  return planOf(program, words);
}

const VALUED: Readonly<Record<PowerShellPlan['program'], readonly string[]>> = { 'Get-Content': ['path', 'totalcount', 'head', 'tail'], 'Get-ChildItem': ['path'], 'Test-Path': ['path', 'pathtype'], 'Select-String': ['pattern', 'path'] };
const FLAGS: Readonly<Record<PowerShellPlan['program'], readonly string[]>> = { 'Get-Content': [], 'Get-ChildItem': ['name', 'file', 'directory', 'force'], 'Test-Path': [], 'Select-String': ['simplematch', 'casesensitive'] };

function planOf(program: PowerShellPlan['program'], words: readonly Word[]): PowerShellPlan | null {
  const given = new Map<string, string>();
  const plain: string[] = [];
  for (let i = 0; i < words.length; i++) {
    const { text, bare } = words[i] as Word;
    if (!bare || !text.startsWith('-')) {
      plain.push(text);
      continue;
    }
    const name = text.slice(1).toLowerCase();
    const value = words[i + 1];
    if (given.has(name)) return null;
    if (FLAGS[program].includes(name)) given.set(name, '');
    else if (VALUED[program].includes(name) && value !== undefined && !(value.bare && value.text.startsWith('-'))) {
      given.set(name, value.text);
      i += 1;
    } else return null;
  }
  for (const position of program === 'Select-String' ? ['pattern', 'path'] : ['path']) if (!given.has(position) && plain.length > 0) given.set(position, plain.shift() ?? '');
  if (program === 'Get-ChildItem' && !given.has('path')) given.set('path', '.');
  const path = pathOf(given.get('path'));
  return path === null || plain.length > 0 ? null : filled(program, path, given);
}

function filled(program: PowerShellPlan['program'], path: string, given: ReadonlyMap<string, string>): PowerShellPlan | null {
  switch (program) {
    case 'Get-Content': {
      const [head, tail] = [count(given.get('totalcount') ?? given.get('head')), count(given.get('tail'))];
      const asked = ['totalcount', 'head', 'tail'].filter((name) => given.has(name)).length;
      return asked > 1 || head === undefined || tail === undefined ? null : { program, path, head, tail };
    }
    case 'Get-ChildItem': {
      // Without `-Name` it prints a table, whose columns depend on the machine.
      if (!given.has('name') || (given.has('file') && given.has('directory'))) return null;
      return { program, path, kind: given.has('file') ? 'file' : given.has('directory') ? 'folder' : 'any', hidden: given.has('force') };
    }
    case 'Test-Path': {
      const kind = new Map([['leaf', 'file'], ['container', 'folder'], ['any', 'any']] as const).get((given.get('pathtype') ?? 'any').toLowerCase() as 'leaf');
      return kind === undefined ? null : { program, path, kind };
    }
    case 'Select-String': {
      const pattern = given.get('pattern') ?? '';
      // Letters, digits and blanks mean the same as an expression and as a text. Its lines name the file as seen from here.
      if (!/^[A-Za-z0-9_ ]+$/.test(pattern) || path.startsWith('/') || path.split('/').includes('..')) return null;
      return { program, path, pattern, caseSensitive: given.has('casesensitive') };
    }
  }
}

/** Null: not asked. Undefined: no number. */
function count(text: string | undefined): number | null | undefined {
  return text === undefined ? null : /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}

/** One place, no pattern, drive, provider or other machine; either slash. */
function pathOf(text: string | undefined): string | null {
  if (text === undefined || /[*?[\]:~]|[\u0000-\u001f]|^\\\\|^\/\/|^[-\u2013-\u2015]/.test(text) || text.trim() !== text) return null;
  const path = text.replaceAll('\\', '/');
  return isPlace(path) ? path : null;
}
