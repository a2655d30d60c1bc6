/**
 * A transcript: lines typed into a shell and all they printed, as a file that a person reads.
 *
 *   # a remark
 *   $ occasio policy validate bad.yml        without a terminal, as in a script
 *     bad.yml: 2 faults, not used            standard output, two columns in
 *   ! occasio: …                             standard error
 *   = 1                                      the exit code, where it is not 0
 *   40$ occasio status                       at a terminal of 40 columns; both streams are one, ESC is shown as \e
 *   > second line of what is typed
 *
 * What differs from run to run (ids, times, ports, digests, scratch folders) is replaced by something of the same width.
 */
import type { Place } from '../cli/run.ts';

export interface Step {
  readonly remarks: readonly string[];
  /** Columns of the terminal; null where there is none. */
  readonly columns: number | null;
  readonly typed: string;
}

export interface Printed {
  readonly out: string;
  readonly err: string;
  readonly code: number | null;
}

/** The steps of a transcript; what was printed is left out, as it is made anew. */
export function parseTranscript(text: string): readonly Step[] {
  const steps: { remarks: string[]; columns: number | null; typed: string }[] = [];
  let remarks: string[] = [];
  for (const line of text.split('\n')) {
    const [, columns, typed] = /^(\d*)\$ (.*)$/.exec(line) ?? [];
    if (typed !== undefined) {
      steps.push({ remarks, columns: columns === '' ? null : Number(columns), typed });
      remarks = [];
    } else if (line.startsWith('> ')) {
      const last = steps.at(-1);
      if (last !== undefined) last.typed += `\n${line.slice(2)}`;
    } else if (line.startsWith('#')) {
      remarks.push(line);
    }
  }
  return steps;
}

export function formatTranscript(done: readonly { readonly step: Step; readonly printed: Printed }[]): string {
  return done
    .map(({ step, printed }) => {
      const [first = '', ...more] = step.typed.split('\n');
      const typed = [`${step.columns ?? ''}$ ${first}`, ...more.map((line) => `> ${line}`)];
      const code = printed.code === 0 ? [] : [`= ${printed.code ?? 'signal'}`];
      return [...step.remarks, ...typed, ...indented('  ', printed.out), ...indented('! ', printed.err), ...code, ''].join('\n');
    })
    .join('\n');
}

/** A last line without its line feed ends in a backslash. */
function indented(head: string, text: string): string[] {
  if (text === '') return [];
  const lines = text.replaceAll('\r\n', '\n').replaceAll('\u001b', '\\e').split('\n');
  const last = lines.pop() ?? '';
  return [...lines, ...(last === '' ? [] : [`${last}\\`])].map((line) => `${head}${line}`.trimEnd());
}

/** Replaces what differs from run to run. The same thing gets the same name within one transcript. */
export function replacer(place: Place): (text: string) => string {
  const runs = new Map<string, string>();
  const named = (id: string): string => {
    const short = id.slice(0, 8);
    const known = runs.get(short) ?? String(runs.size + 1).repeat(8).slice(0, 8);
    runs.set(short, known);
    return known + '-0000-4000-8000-000000000000'.slice(0, id.length - 8);
  };
  return (text) =>
    text
      .replaceAll(place.cwd, '/home/u/project')
      .replaceAll(place.home, '/home/u')
      .replaceAll(place.tmp, '/tmp')
      .replace(/\b[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}\b/g, named)
      .replace(/^\b[0-9a-f]{8}(?= )|(?<=audit verify )[0-9a-f]{8}\b|(?<=Run(?:\u001b\[0m)? +)[0-9a-f]{8}$/gm, named)
      .replace(/\b[0-9a-f]{64}\b/g, (hash) => (/^0+$/.test(hash) ? hash : 'd1'.repeat(32)))
      .replace(/\b(?=[0-9a-f]*[a-f])(?=[0-9a-f]*[0-9])[0-9a-f]{16}\b/g, 'd1'.repeat(8))
      .replace(/20\d\d-\d\d-\d\d([T ])\d\d:\d\d(:\d\d\.\d{3}Z)?/g, (_, between: string, rest?: string) => `2026-03-01${between}12:00${rest === undefined ? '' : ':00.000Z'}`)
      .replace(/(127\.0\.0\.1:)\d{4,5}\b/g, '$1PORT')
      .replace(/("port": )\d+/g, '$1PORT')
      .replace(/(\bpid |"pid": )\d+/g, '$1PID')
      .replace(/\b\d+ bytes\b/g, 'N bytes')
      .replace(/("bytes": )\d+/g, '$1N')
      .replace(/[^"\s]*occasio-cli-\w{6}/g, '/scratch')
      .replace(/(occasio-demo-)\w+/g, '$1XXXXXX')
      .replace(/(row \d+, byte )\d+/g, '$1N')
      .replace(/(?<=occasio )\d+\.\d+\.\d+[^\s:]*|(?<="version": ")[^"]+/g, 'VERSION')
      .replace(/\b(node|bun|deno) v?\d+\.\d+\.\d+/gi, 'RUNTIME')
      .replace(/\b(linux|darwin|win32)-(x64|arm64)\b/g, 'PLATFORM');
}
