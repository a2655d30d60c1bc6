/**
 * Completion for bash 3.2 and later. Bash cuts `--preset=strict` into three words at the `=`, so a value is looked for behind one
 * as well. Names of runs are read from the home at each completion. They are attacker-controlled, and `compgen -W` would run a
 * command in them: only names in the form of an id are taken.
 */
import { quoted, type Offer, type Point, type Points } from './points.ts';

const functions = String.raw`_occasio_words() { COMPREPLY=($(compgen -W "$1" -- "$cur")); }
_occasio_file() { compopt -o filenames 2>/dev/null; local IFS=$'\n'; COMPREPLY=($(compgen -f -- "$cur")); }
_occasio_folder() { compopt -o filenames 2>/dev/null; local IFS=$'\n'; COMPREPLY=($(compgen -d -- "$cur")); }
_occasio_run() {
  local file names=''
  for file in "${'$'}{OCCASIO_HOME:-$HOME/.occasio}"/runs/*.jsonl; do
    file=${'$'}{file##*/}
    file=${'$'}{file%.jsonl}
    case "$file" in *[!A-Za-z0-9_-]*) ;; *) names="$names $file" ;; esac
  done
  _occasio_words "$names"
  if [ "${'$'}{#COMPREPLY[@]}" -eq 0 ]; then _occasio_file; fi
}`;

export function bashScript({ commands, points }: Points): string {
  const groups = commands.filter((c) => c.actions.length > 0);
  const valued = points.flatMap((p) => p.options.flatMap((o) => (o.value === undefined ? [] : [{ at: `${p.path} ${o.name}`, offer: o.value.offer }])));
  return `# Completion of occasio for bash. For this shell: source <(occasio completion bash)
${functions}

_occasio() {
  local cur="\${COMP_WORDS[COMP_CWORD]}" prev="\${COMP_WORDS[COMP_CWORD-1]}" at='' word i n=0
  COMPREPLY=()
  if [ "$cur" = = ]; then cur=''; elif [ "$prev" = = ]; then prev="\${COMP_WORDS[COMP_CWORD-2]}"; fi
  # at: the command and its action; n: how many words it has besides options.
  for ((i = 1; i < COMP_CWORD; i++)); do
    word="\${COMP_WORDS[i]}"
    case "$at" in
      '') at="$word"; continue ;;
      ${anyOf(groups.map((g) => g.name))}) at="$at $word"; continue ;;
    esac
    case "$at $word" in
      ${anyOf(valued.map((v) => v.at))})
        if [ "\${COMP_WORDS[i+1]}" = = ]; then i=$((i + 1)); fi
        i=$((i + 1)) ;;
      ${anyOf(points.filter((p) => p.passes).map((p) => `${p.path} --`))}) n=$((n + 1)) ;;
      *' -'*) ;;
      *) n=$((n + 1)) ;;
    esac
  done
  case "$at:$n" in
${points.filter((p) => p.passes).map((p) => `    ${quoted(`${p.path}:0`)}) ;;\n    ${quoted(`${p.path}:`)}*) _occasio_file; return ;;\n`).join('')}  esac
  case "$at $prev" in
${valued.map((v) => `    ${quoted(v.at)}) ${offered(v.offer)}; return ;;\n`).join('')}  esac
  case "$at $cur" in
    ' -'*) _occasio_words '--help --version'; return ;;
${points.map((p) => `    ${quoted(`${p.path} -`)}*) _occasio_words ${quoted(p.options.map((o) => o.name).join(' '))}; return ;;\n`).join('')}  esac
  case "$at:$n" in
    ':0') _occasio_words ${quoted(commands.map((c) => c.name).join(' '))} ;;
${groups.map((g) => `    ${quoted(`${g.name}:0`)}) _occasio_words ${quoted(g.actions.map((a) => a.name).join(' '))} ;;\n`).join('')}${points.map(wordsOf).join('')}  esac
}
complete -F _occasio occasio
`;
}

function wordsOf(point: Point): string {
  if (point.passes) return `    ${quoted(`${point.path}:0`)}) _occasio_file ;;\n`;
  return point.words.map((w, i) => (w.offer === null ? '' : `    ${quoted(`${point.path}:${i}`)}) ${offered(w.offer)} ;;\n`)).join('');
}

/** A pattern of `case` that fits these alone. */
function anyOf(texts: readonly string[]): string {
  return texts.length === 0 ? "' '" : texts.map(quoted).join(' | ');
}

function offered(offer: Offer): string {
  if (offer === null) return ':';
  return 'words' in offer ? `_occasio_words ${quoted(offer.words.join(' '))}` : `_occasio_${offer.of}`;
}
