/**
 * File contents that an agent puts into a request although no tool call asked for them, as measured with Claude Code 2.1.197
 * and 2.1.329. The texts (⏎ a line feed, → a tab):
 *
 *     C  Called the <Tool> tool with the following input: {"file_path":"/w/.env"}
 *     R  Result of calling the <Tool> tool:⏎1→A=1⏎2→B=2⏎3→
 *     M  Contents of /w/CLAUDE.md (project instructions, checked into the codebase):⏎⏎<content>
 *     E  Note: /w/a.ts was modified, … | changed on disk …⏎1→…⏎2→…
 *     I  The user selected the lines 1 to 3 from /w/a.ts:⏎<content>
 *     P  A plan file exists from plan mode at: /w/plan.md⏎⏎Plan contents:⏎⏎<content>
 *     A  the text of C, then an image block (or a document) and no R
 *     B  <bash-input>cat .env</bash-input>   then   <bash-stdout>…</bash-stdout><bash-stderr>…</bash-stderr>
 *
 * They stand in `<system-reminder>` tags, bare, or behind a tool_result's own text. C and B may end one text and R and the
 * output begin a later one, of another message even: a reader keeps them in mind from text to text, in the order of the body.
 *
 * All of it is attacker-controlled: a file may hold any of these lines. So a forged head only ever adds a file to judge, and a
 * content ends where nothing in the content could have said so: a numbered one at the first line without a number, a raw one at
 * the end of its text. Contents may therefore overlap: what is cut for one of them is cut. A path that could be read in two
 * ways is given in both. Time is linear in the text.
 */

import { memberOf, parseJson, textOf } from './json.ts';

export interface InjectedFile {
  /** As the agent wrote it: absolute, links not resolved. */
  readonly path: string | null;
  /** The command whose output the content is, where it is one. Neither path nor command: the origin cannot be known. */
  readonly command: string | null;
  /** `list`: names of the entries of a folder. */
  readonly access: 'read' | 'list';
  /** The content, in UTF-16 units of the text, head left out. */
  readonly start: number;
  readonly end: number;
}

export interface InjectionReader {
  /** What the next text, in the order of the body, holds. Sorted by start, the longer first. */
  read(text: string): readonly InjectedFile[];
  /** What an image or an encoded document that stands here may be: the files of the calls that have no result yet. */
  attachment(): readonly InjectedFile[];
}

type Source = Pick<InjectedFile, 'path' | 'command' | 'access'> & { readonly tool: string };

/** Calls without a result between them that a result may belong to; agents write one, and its result right after. */
const MAX_OPEN_CALLS = 16;
/** Contents that one text may announce. Beyond, they are given as one of unknown origin: no agent writes so many. */
const MAX_FILES = 256;
/** What frames put before a head. */
const FRAME = /^(?:[ \t]|<system-reminder>)+/;
const UNKNOWN = { path: null, command: null, access: 'read' } as const;
/** Lets most texts go at once: every form holds one of these. */
const FAST = /Called the |Result of calling |Contents of |Note: |The user selected |A plan file exists |<bash-/;

/** The text may hold a form that a reader looks for; one that holds none leaves the reader as it was. */
export function mayInject(text: string): boolean {
  return FAST.test(text);
}

/** Reads the texts of one request. */
export function injectionReader(): InjectionReader {
  let calls: Source[] = [];
  let answered = true;
  let typed: string | null = null;

  /** `line` stands bare at `at`; the next one begins at `next`. */
  function readLine(text: string, line: string, at: number, next: number): readonly InjectedFile[] {
    const call = callIn(line);
    if (call !== null) {
      calls = answered ? [call] : [...calls, call].slice(-MAX_OPEN_CALLS);
      answered = false;
      return [];
    }
    const result = /^Result of calling the ([\w-]{1,64}) tool:\s*/.exec(line);
    if (result === null) return headedBy(text, line, next);
    answered = true;
    const start = result[0].length === line.length ? next : at + result[0].length;
    const meant = calls.filter((source) => source.tool === result[1]);
    const sources = meant.length > 0 ? meant : [{ tool: result[1] ?? '', ...UNKNOWN }];
    const end = numberedEnd(text, start) ?? text.length;
    return sources.map(({ tool, ...source }) => ({ ...source, start, end: tool === 'Read' ? end : text.length }));
  }

  return {
    attachment() {
      const open = answered && !calls.some((call) => /\.pdf$/i.test(call.path ?? '')) ? [] : calls;
      answered = true;
      return open.map(({ tool: _, ...source }) => ({ ...source, start: 0, end: 0 }));
    },
    read(text) {
      if (!mayInject(text)) return [];
      const found: InjectedFile[] = [];
      for (let at = 0; at < text.length && found.length <= MAX_FILES; ) {
        const stop = text.indexOf('\n', at);
        const next = stop === -1 ? text.length : stop + 1;
        const whole = text.slice(at, stop === -1 ? text.length : stop);
        const line = whole.replace(FRAME, '');
        found.push(...readLine(text, line.trimEnd(), at + whole.length - line.length, next));
        at = next;
      }
      typed = commandIn(text) ?? typed;
      const output = /<bash-std(?:out|err)>/.exec(text);
      if (output !== null) found.push({ ...UNKNOWN, command: typed, start: output.index + output[0].length, end: text.length });
      const files = found.filter((file) => file.end > file.start).sort((a, b) => a.start - b.start || b.end - a.end);
      const first = files[0];
      return found.length > MAX_FILES && first !== undefined ? [{ ...UNKNOWN, start: first.start, end: text.length }] : files;
    },
  };
}

/** What one text holds by itself: a result whose call stands in an earlier text has no path. */
export function injectedFiles(text: string): readonly InjectedFile[] {
  return injectionReader().read(text);
}

function callIn(line: string): Source | null {
  const match = /^Called the ([\w-]{1,64}) tool with the following input:/.exec(line);
  if (match === null) return null;
  const tool = match[1] ?? '';
  const json = line.slice(match[0].length, line.lastIndexOf('}') + 1).trim();
  const parsed = parseJson(json);
  const member = (name: string): string | undefined => (parsed.ok ? textOf(json, memberOf(parsed.root, name)) : undefined);
  return {
    tool,
    path: member('file_path') ?? member('notebook_path') ?? member('path') ?? null,
    command: member('command') ?? null,
    access: tool === 'LS' || tool === 'Glob' ? 'list' : 'read',
  };
}

/** The contents that a line announces; they begin at `next`. */
function headedBy(text: string, line: string, next: number): readonly InjectedFile[] {
  const files = (paths: readonly string[]): readonly InjectedFile[] =>
    [...new Set(paths)].map((path) => ({ ...UNKNOWN, path, start: next, end: text.length }));
  if (line.startsWith('Contents of ') && line.endsWith(':')) {
    const named = line.slice('Contents of '.length, -1);
    // A kind in brackets follows the path, or the path itself ends in brackets.
    return files(named.endsWith(')') ? [...cutAt(named, ' ('), named] : [named]);
  }
  if (line.startsWith('Note: ')) {
    const named = line.slice('Note: '.length);
    return files(CHANGES.flatMap((words) => cutAt(named, words)));
  }
  if (line.startsWith('The user selected ') && line.endsWith(':')) {
    const inside = line.lastIndexOf(' (in ');
    if (inside !== -1 && line.endsWith('):')) return files([line.slice(inside + 5, -2)]);
    const from = line.indexOf(' from ');
    return from === -1 ? [] : files([line.slice(from + 6, -1)]);
  }
  const plan = 'A plan file exists from plan mode at: ';
  return line.startsWith(plan) ? files([line.slice(plan.length)]) : [];
}

const CHANGES = [' was modified, ', ' was modified', ' has been modified', ' changed on disk', ' has changed'];

/** What stands before the first and before the last of the words. */
function cutAt(text: string, words: string): readonly string[] {
  const first = text.indexOf(words);
  return first === -1 ? [] : [text.slice(0, first), text.slice(0, text.lastIndexOf(words))];
}

/** End of the numbered lines that begin at `from`; undefined when the first line has no number. */
function numberedEnd(text: string, from: number): number | undefined {
  const line = /[ \t]*[0-9]{1,9}[\t→][^\n]*(?:\n|$)/y;
  let end = from;
  for (line.lastIndex = from; end < text.length && line.test(text); end = line.lastIndex);
  return end === from ? undefined : end;
}

function commandIn(text: string): string | null {
  const start = text.indexOf('<bash-input>');
  const end = text.lastIndexOf('</bash-input>');
  return start === -1 || end < start ? null : text.slice(start + '<bash-input>'.length, end);
}
