/** Completion for zsh: `_arguments` of its own completion system, with what each option does. */
import { quoted, type Offer, type Point, type Points } from './points.ts';

export function zshScript({ commands, points }: Points): string {
  const groups = commands.filter((c) => c.actions.length > 0);
  return `#compdef occasio
# Completion of occasio for zsh. For this shell, after compinit: source <(occasio completion zsh)
_occasio_run() {
  local -a runs
  runs=("\${OCCASIO_HOME:-$HOME/.occasio}"/runs/*.jsonl(N:t:r))
  runs=(\${runs:#*[^A-Za-z0-9_-]*})
  (( $#runs )) && compadd -a runs || _files
}

_occasio() {
  local at
  local -a offers
  if (( CURRENT == 2 )); then
    offers=(${commands.map((c) => described(c.name, c.summary)).join(' ')})
    _describe -t commands command offers
    return
  fi
  at=$words[2]
  shift words; (( CURRENT-- ))
  case $at in
${groups.map((g) => `    ${g.name})
      if (( CURRENT == 2 )); then
        offers=(${g.actions.map((a) => described(a.name, a.summary)).join(' ')})
        _describe -t actions action offers
        return
      fi
      at="$at $words[2]"
      shift words; (( CURRENT-- )) ;;
`).join('')}  esac
  case $at in
${points.map((p) => `    ${quoted(p.path)}) _arguments ${argumentsOf(p)} ;;\n`).join('')}  esac
}
if [[ $funcstack[1] == _occasio ]]; then _occasio "$@"; else compdef _occasio occasio; fi
`;
}

function argumentsOf(point: Point): string {
  const options = point.options.map((o) => {
    const says = o.says.replace(/[[\]:\\]/g, (c) => `\\${c}`);
    return quoted(o.value === undefined ? `${o.name}[${says}]` : `${o.name}=[${says}]:${o.value.name}:${action(o.value.offer)}`);
  });
  const words = point.words.map((w, i) => quoted(`${i + 1}::${w.name}:${action(w.offer)}`));
  return [...(point.passes ? ["'(-)*:argument:_files'"] : []), ...options, ...words].join(' ');
}

function action(offer: Offer): string {
  if (offer === null) return ' ';
  if ('words' in offer) return `(${offer.words.join(' ')})`;
  return { file: '_files', folder: '_files -/', run: '_occasio_run' }[offer.of];
}

function described(name: string, says: string): string {
  return quoted(`${name}:${says.replaceAll(':', '\\:')}`);
}
