/**
 * A line of the tool PowerShell, answered here: Get-Content, Get-ChildItem -Name, Test-Path, Select-String on plain words. Never a
 * shell. The output is that of PowerShell 7, where its documentation and sources leave no doubt; it was not held against one.
 */
import { localPowerShell, type PowerShellPlan } from '../../shell/local/powershell.ts';
import { answer, decodeText, defaultLimits, readBytes, refusal, type LocalResult, type LocalRun } from '../local.ts';
import { listFolder } from './folder.ts';
import { absolute, locate, openFile, openShell, sentences, type Missing, type Shell } from './world.ts';

export const powershell: LocalRun = async (ops, core, input, context) => {
  const plan = typeof input['command'] === 'string' ? localPowerShell(input['command']) : null;
  if (plan === null) return refusal('Cannot run this command here: it needs a shell');
  const shell = openShell(ops, core, context, { ...defaultLimits, ...context.limits });
  const missing = await run(shell, plan);
  if (missing !== null) return failed(shell, plan, missing);
  const text = shell.out.text().replace(/^(?:[ \t]*\n)+/, '').trimEnd();
  return answer(text === '' && shell.cuts.size === 0 ? '(PowerShell completed with no output)' : text, [...shell.cuts]);
};

async function run(shell: Shell, plan: PowerShellPlan): Promise<Missing | null> {
  switch (plan.program) {
    case 'Get-Content':
      return eachLine(shell, plan.path, (lines) => {
        const kept = plan.head !== null ? lines.slice(0, plan.head) : plan.tail !== null ? lines.slice(Math.max(0, lines.length - plan.tail)) : lines;
        for (const line of kept) if (!shell.out.line(line)) return;
      });
    case 'Select-String':
      return eachLine(shell, plan.path, (lines) => search(shell, plan, lines));
    case 'Test-Path': {
      const located = await locate(shell, plan.path, 'list');
      shell.out.line(typeof located !== 'string' && (plan.kind === 'any' || located.kind === plan.kind) ? 'True' : 'False');
      return null;
    }
    case 'Get-ChildItem':
      return list(shell, plan);
  }
}

/** Lines end at LF, CR LF or CR; the end of the last one is no line. */
async function eachLine(shell: Shell, path: string, use: (lines: readonly string[]) => void): Promise<Missing | null> {
  const file = await openFile(shell, path);
  if (typeof file === 'string') return file;
  try {
    const { bytes, cut } = await readBytes(file, shell.limits.fileBytes);
    if (cut) shell.cuts.add(`${shell.limits.fileBytes} bytes of a file`);
    const lines = decodeText(bytes).split(/\r\n|\r|\n/);
    use(lines.at(-1) === '' ? lines.slice(0, -1) : lines);
    return null;
  } finally {
    await file.close();
  }
}

function search(shell: Shell, plan: PowerShellPlan & { readonly program: 'Select-String' }, lines: readonly string[]): void {
  const fold = (text: string): string => (plan.caseSensitive ? text : text.replace(/[A-Z]/g, (c) => c.toLowerCase()));
  const [pattern, name] = [fold(plan.pattern), plan.path.split('/').filter((part) => part !== '' && part !== '.').join('/')];
  let left = shell.limits.matches;
  for (const [at, line] of lines.entries()) {
    if (!fold(line).includes(pattern)) continue;
    if (left-- <= 0) return void shell.cuts.add(`${shell.limits.matches} matches`);
    if (!shell.out.line(`${name}:${at + 1}:${line}`)) return;
    if (shell.clock.over()) return void shell.cuts.add(`${shell.limits.milliseconds} ms`);
  }
}

/** Folders first, each kind in the order of its language, letter case aside. */
const order = new Intl.Collator('en-US', { sensitivity: 'accent' });

async function list(shell: Shell, plan: PowerShellPlan & { readonly program: 'Get-ChildItem' }): Promise<Missing | null> {
  const listed = await listFolder(shell, plan.path, shell.limits.entries, ({ name }) => plan.hidden || !name.startsWith('.'));
  if (listed === null) return 'unreadable';
  const kinds = { folder: [] as string[], file: [] as string[] };
  for (const { name, kind } of listed.names) {
    const behind = kind === 'link' ? await locate(shell, `${plan.path}/${name}`, 'list') : null;
    const folder = kind === 'folder' || (behind !== null && typeof behind !== 'string' && behind.kind === 'folder');
    kinds[folder ? 'folder' : 'file'].push(name);
    if (shell.clock.over()) shell.cuts.add(`${shell.limits.milliseconds} ms`);
  }
  const told = [...(plan.kind === 'file' ? [] : kinds.folder.sort(order.compare)), ...(plan.kind === 'folder' ? [] : kinds.file.sort(order.compare))];
  if (told.length > shell.limits.matches) shell.cuts.add(`${shell.limits.matches} matches`);
  for (const name of told.slice(0, shell.limits.matches)) shell.out.line(name);
  return null;
}

/** It was there when the line was judged, and now it is not, or not what it was. */
function failed(shell: Shell, { program, path }: PowerShellPlan, why: Missing): LocalResult {
  const place = absolute(shell, path);
  const said = why === 'absent' || why === 'below-file' ? `Cannot find path '${place}' because it does not exist.` : `Access to the path '${place}' is denied: ${sentences[why]}`;
  return refusal(`Exit code 1\n${program}: ${said}`);
}
