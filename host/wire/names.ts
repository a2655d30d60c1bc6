/**
 * The agents' tool names and what their inputs hold, as one table: the canonical name (the word of the policy), the class,
 * and which members name a path, a command or a URL. What is not in the table is of class `other` under its own name: a
 * judge then takes every string of its input for a possible path.
 *
 * Members are looked up without regard to case, and every member that matches counts: some tool servers read them so.
 */

import type { Access, ToolClass } from '../policy/types.ts';
import { foldCase } from './anthropic-types.ts';
import type { Input } from './events.ts';

export interface ToolShape {
  readonly tool: string;
  readonly class: ToolClass;
  readonly paths?: { readonly [member: string]: PathUse };
  readonly command?: { readonly member: string; readonly shell: 'bash' | 'powershell' };
  readonly urls?: readonly string[];
  /** Members without which the call has no meaning, in the agent's own spelling. */
  readonly required?: readonly string[];
}

export interface PathUse {
  readonly access: Access;
  /** The tool expands wildcards in it. */
  readonly glob?: true;
  /** The member that names the folder which a relative value starts from. */
  readonly within?: string;
  /** Not a path when absent: the tool then starts from the session's directory. */
  readonly absent?: 'cwd';
}

const READ: ToolShape = { tool: 'read_file', class: 'read', paths: { file_path: { access: 'read' } }, required: ['file_path'] };
const EDIT: ToolShape = { tool: 'edit_file', class: 'write', paths: { file_path: { access: 'write' } }, required: ['file_path'] };
const NOTEBOOK: { readonly [member: string]: PathUse } = { notebook_path: { access: 'write' } };
const LIST: ToolShape = { tool: 'list_files', class: 'find', paths: { path: { access: 'list', absent: 'cwd' } } };
const BASH = { member: 'command', shell: 'bash' } as const;

const SHAPES: { readonly [name: string]: ToolShape } = {
  Read: READ,
  NotebookRead: { tool: 'read_file', class: 'read', paths: { notebook_path: { access: 'read' } }, required: ['notebook_path'] },
  Glob: {
    tool: 'find_files',
    class: 'find',
    paths: { path: { access: 'list', absent: 'cwd' }, pattern: { access: 'list', glob: true, within: 'path' } },
    required: ['pattern'],
  },
  LS: LIST,
  Grep: {
    tool: 'grep',
    class: 'search',
    paths: { path: { access: 'search', absent: 'cwd' }, glob: { access: 'search', glob: true, within: 'path' } },
    required: ['pattern'],
  },
  Edit: EDIT,
  MultiEdit: EDIT,
  Write: { tool: 'write_file', class: 'write', paths: { file_path: { access: 'write' } }, required: ['file_path'] },
  NotebookEdit: { tool: 'notebook_edit', class: 'write', paths: NOTEBOOK, required: ['notebook_path'] },
  Bash: { tool: 'shell_bash', class: 'shell', command: BASH, required: ['command'] },
  // Runs a command and reports its lines; without one it watches a socket.
  Monitor: { tool: 'shell_bash', class: 'shell', command: BASH },
  PowerShell: { tool: 'shell_powershell', class: 'shell', command: { member: 'command', shell: 'powershell' }, required: ['command'] },
  TodoWrite: { tool: 'todo_write', class: 'todo' },
  TodoRead: { tool: 'todo_read', class: 'todo' },
  WebFetch: { tool: 'web_fetch', class: 'fetch', urls: ['url'], required: ['url'] },
  WebSearch: { tool: 'web_search', class: 'fetch' },
  Agent: { tool: 'agent', class: 'agent' },
  Task: { tool: 'agent', class: 'agent' },
  Workflow: { tool: 'agent', class: 'agent', paths: { scriptPath: { access: 'read' } } },
};

/** What members of an input are called that name a file or a folder, hold a command line, hold a program: for tools that the table does not know. */
export const MEMBERS = {
  path: /(?:^|[_-]|(?<=[a-z]))(?:path|file|filename|dir|directory|folder|cwd|root|uri)s?$/i,
  command: /^(?:shell_?|bash_?)?(?:commands?|cmds?|command_?lines?)$|^(?:bash|shell)$/i,
  program: /^(?:code|scripts?|source|program|javascript|python|js|py|expression|function)$/i,
} as const;

/** The shape of the tool an agent calls by this name. */
export function shapeOf(name: string): ToolShape {
  return Object.hasOwn(SHAPES, name) ? (SHAPES[name] as ToolShape) : { tool: name, class: 'other' };
}

/** The agents' names for a canonical one: an entry of the policy may use either. */
export function agentNames(tool: string): readonly string[] {
  return Object.keys(SHAPES).filter((name) => SHAPES[name]?.tool === tool);
}

export interface Arguments {
  readonly tool: string;
  readonly class: ToolClass;
  readonly paths: readonly { readonly text: string; readonly access: Access; readonly glob: boolean; readonly base?: string }[];
  readonly commands: readonly { readonly text: string; readonly shell: 'bash' | 'powershell' }[];
  readonly urls: readonly string[];
  /** A required member that is absent, or a judged one that is no string: the call cannot be judged. */
  readonly missing: string | null;
}

/** What an input names, by the table. For class `other` the caller looks at the strings of the input itself. */
export function argumentsOf(name: string, input: Input): Arguments {
  const shape = shapeOf(name);
  const missing: string[] = (shape.required ?? []).filter((member) => typeof own(input, member) !== 'string');
  const strings = (member: string): readonly string[] =>
    valuesOf(input, member).flatMap((value) => {
      if (typeof value === 'string') return [value];
      // An optional member may be null; anything else a tool might turn into text by rules of its own.
      if (value !== null && value !== undefined) missing.push(member);
      return [];
    });
  const paths = Object.entries(shape.paths ?? {}).flatMap(([member, use]) => {
    const given = strings(member);
    const texts = given.length === 0 && use.absent === 'cwd' ? ['.'] : given;
    const bases = use.within === undefined ? [] : strings(use.within);
    const forms = bases.length === 0 ? [{}] : bases.map((base) => ({ base }));
    return texts.flatMap((text) => forms.map((form) => ({ text, access: use.access, glob: use.glob === true, ...form })));
  });
  const { command } = shape;
  return {
    tool: shape.tool,
    class: shape.class,
    paths,
    commands: command === undefined ? [] : strings(command.member).map((text) => ({ text, shell: command.shell })),
    urls: (shape.urls ?? []).flatMap(strings),
    missing: missing[0] ?? null,
  };
}

function own(input: Input, member: string): unknown {
  return Object.hasOwn(input, member) ? input[member] : undefined;
}

/** Values of all members of that name, letter case aside. */
function valuesOf(input: Input, member: string): readonly unknown[] {
  return Object.keys(input).filter((name) => foldCase(name) === foldCase(member)).map((name) => input[name]);
}
