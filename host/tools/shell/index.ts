/**
 * A shell's command, answered here: Bash{command; description, timeout}. Never a shell: the line is one command of a short
 * list, taken apart by the same code that told the policy so, and run by code of our own over files that are judged as they
 * are opened, or by git on a repository that can run nothing. The answer has the form of the agent's own tool.
 */
import { localCommand, type LocalPlan } from '../../shell/local/index.ts';
import { answer, defaultLimits, refusal, type LocalResult, type LocalRun } from '../local.ts';
import { cat, page, wc } from './files.ts';
import { find } from './find.ts';
import { git } from './git.ts';
import { names } from './glob.ts';
import { ls } from './ls.ts';
import { locate, openShell, sentences, type Shell } from './world.ts';

export const shell: LocalRun = async (ops, core, input, context) => {
  const command = typeof input['command'] === 'string' ? localCommand(input['command']) : null;
  if (command === null) return refusal('Cannot run this command here: it needs a shell');
  const world = openShell(ops, core, context, { ...defaultLimits, ...context.limits });
  for (const folder of command.cd) {
    const code = await changeFolder(world, folder.home ? context.home + folder.text.slice(1) : folder.text);
    if (code !== 0) return finished(world, code, false);
  }
  const code = await run(world, command.plan);
  return finished(world, code, isAnswer(command.plan, code));
};

async function run(world: Shell, plan: LocalPlan): Promise<number> {
  switch (plan.program) {
    case 'cat':
    case 'bat':
      return cat(world, plan);
    case 'head':
    case 'tail':
      return page(world, plan);
    case 'wc':
      return wc(world, plan);
    case 'ls':
    case 'dir':
      return ls(world, plan);
    case 'find':
      return find(world, plan);
    case 'git':
      return git(world, plan);
    case 'echo':
      world.out.line(plan.text);
      return 0;
    case 'test':
    case '[': {
      const [name = ''] = await names(world, plan.files);
      const located = await locate(world, name, 'list');
      const is = typeof located !== 'string' && (plan.kind === 'e' ? located.kind !== 'link' : located.kind === (plan.kind === 'f' ? 'file' : 'folder'));
      return is !== plan.negated ? 0 : 1;
    }
  }
}

/** As a shell changes folder: by the text, links left standing. */
async function changeFolder(world: Shell, name: string): Promise<number> {
  const located = await locate(world, name, 'list');
  if (typeof located !== 'string' && located.kind === 'folder') {
    world.base = lexical(located.path);
    return 0;
  }
  world.out.line(`bash: line 1: cd: ${name}: ${sentences[typeof located === 'string' ? located : located.kind === 'link' ? 'absent' : 'below-file']}`);
  return 1;
}

function lexical(path: string): string {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return `/${parts.join('/')}`;
}

/** Codes that say no rather than that something went wrong; agents do not take them for errors. */
function isAnswer(plan: LocalPlan, code: number): boolean {
  return code === 0 || (code === 1 && (/^(?:test|\[|find)$/.test(plan.program) || (plan.program === 'git' && plan.command === 'diff')));
}

/** As Claude Code gives it: no blank lines in front, no blanks behind, the exit code in front where it is an error. */
function finished(world: Shell, code: number, good: boolean): LocalResult {
  const text = trimmed(world.out.text());
  // The agent's own shell has not moved, which is what it says itself when it moves back.
  const stays = world.base === world.context.cwd ? [] : [`Shell cwd was reset to ${world.context.cwd}`];
  const silent = text === '' && stays.length === 0 && world.cuts.size === 0;
  const body = good ? [silent ? '(Bash completed with no output)' : text] : [`Exit code ${code}`, text];
  const result = answer(body.filter((part) => part !== '').join('\n'), [...world.cuts]);
  const whole = [result.text, ...stays].filter((part) => part !== '').join('\n');
  return { ...result, text: whole, isError: !good, bytes: new TextEncoder().encode(whole).length };
}

function trimmed(text: string): string {
  const first = text.search(/\S/);
  return first < 0 ? '' : text.slice(text.lastIndexOf('\n', first) + 1).trimEnd();
}
