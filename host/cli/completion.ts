/** `occasio completion`: a script by which a shell completes our commands, options and values. Made of the commands' own tables. */
import type { Command, Entry } from './command.ts';
import { bashScript } from './completion/bash.ts';
import { fishScript } from './completion/fish.ts';
import { pointsOf, type Points } from './completion/points.ts';
import { powershellScript } from './completion/powershell.ts';
import { zshScript } from './completion/zsh.ts';
import { document } from './print.ts';

const scripts: { readonly [shell: string]: (points: Points) => string } = { bash: bashScript, zsh: zshScript, fish: fishScript, powershell: powershellScript };

/** `entries` is asked for late, as the list holds this command too. */
export function completionCommand(entries: () => readonly Entry[]): Command {
  return {
    name: 'completion',
    summary: 'print a script by which a shell completes what you type',
    words: [{ name: 'SHELL', of: Object.keys(scripts), says: 'bash, zsh, fish or powershell' }],
    options: { json: { says: 'what there is to complete, as one JSON document' } },
    says: `Commands, actions, options, their values, files, and ids of runs. For a shell that runs:

bash: source <(occasio completion bash)

zsh, after compinit: source <(occasio completion zsh)

fish: occasio completion fish | source

PowerShell: occasio completion powershell | Out-String | Invoke-Expression

For every shell to come, put that line into its start file.`,
    exit: '0 printed, 2 wrong use',
    examples: ['occasio completion bash'],
    async run({ flags, words }, io) {
      const points = pointsOf(entries());
      const script = scripts[words[0] ?? ''];
      if (script === undefined) throw new Error('bug: the table allows another shell');
      if (flags.has('json')) document(io, { shell: words[0], ...points });
      else io.out.write(script(points));
      return 0;
    },
  };
}
