/** Completion for fish: one `complete` a thing, each under the condition that its command is the one being typed. */
import type { Offer, Point, Points } from './points.ts';

const functions = String.raw`# The command and its action, and how many words come after it.
function __occasio_at
    set -l words (commandline -opc)
    set -e words[1]
    set -l at
    set -l count 0
    set -l skip 0
    for word in $words
        if test $skip -eq 1
            set skip 0
        else if contains -- "$at" $__occasio_groups; or test -z "$at"
            set at (string trim -- "$at $word")
        else if contains -- "$at $word" $__occasio_valued
            set skip 1
        else if not string match -q -- '-*' $word
            set count (math $count + 1)
        end
    end
    test "$at" = "$argv[1]"; or return 1
    test (count $argv) -lt 2; or test $count -eq $argv[2]
end

function __occasio_runs
    set -l home ~/.occasio
    set -q OCCASIO_HOME; and set home $OCCASIO_HOME
    for file in $home/runs/*.jsonl
        string match -r '[A-Za-z0-9_-]+(?=\.jsonl$)' (string replace -r '.*/' '' $file) | string match -v '*[!A-Za-z0-9_-]*'
    end
end`;

export function fishScript({ commands, points }: Points): string {
  const groups = commands.filter((c) => c.actions.length > 0);
  const valued = points.flatMap((p) => p.options.filter((o) => o.value !== undefined).map((o) => `${p.path} ${o.name}`));
  const lines = [
    ...commands.map((c) => complete('', 0, `-a ${quoted(c.name)} -d ${quoted(c.summary)}`)),
    ...groups.flatMap((g) => g.actions.map((a) => complete(g.name, 0, `-a ${quoted(a.name)} -d ${quoted(a.summary)}`))),
    ...points.flatMap(linesOf),
  ];
  return `# Completion of occasio for fish. For this shell: occasio completion fish | source
set -g __occasio_groups ${groups.map((g) => quoted(g.name)).join(' ')}
set -g __occasio_valued ${valued.map(quoted).join(' ')}
${functions}

complete -c occasio -f
complete -c occasio -n '__occasio_at ""' -l version -d 'version, core and runtime'
${lines.join('\n')}
`;
}

function linesOf(point: Point): string[] {
  const options = point.options.map((o) => {
    const value = o.value === undefined ? '' : o.value.offer === null ? ' -x' : ` -r${offered(o.value.offer)}`;
    return complete(point.path, null, `-l ${o.name.slice(2)}${value} -d ${quoted(o.says)}`);
  });
  const words = point.words.flatMap((w, i) => (w.offer === null ? [] : [complete(point.path, i, offered(w.offer).trim())]));
  return [...options, ...words, ...(point.passes ? [complete(point.path, null, '-F')] : [])];
}

function complete(path: string, count: number | null, what: string): string {
  const condition = `__occasio_at ${path === '' ? '""' : `"${path}"`}${count === null || path === '' ? '' : ` ${count}`}`;
  return `complete -c occasio -n '${condition}' ${what}`;
}

function offered(offer: Offer): string {
  if (offer === null) return '';
  if ('words' in offer) return ` -f -a ${quoted(offer.words.join(' '))}`;
  return { file: ' -F', folder: " -f -a '(__fish_complete_directories)'", run: " -F -a '(__occasio_runs)'" }[offer.of];
}

/** In single quotes fish knows two escapes. */
function quoted(text: string): string {
  return `'${text.replace(/[\\']/g, '\\$&')}'`;
}
