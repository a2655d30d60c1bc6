/** `occasio init`: the home and its policy. What is there already stays as it is. */
import { printable } from '../../verifiers/formats/error.ts';
import { loadCore } from '../runtime/core.ts';
import { createOps } from '../runtime/node.ts';
import type { Command } from './command.ts';
import { occasioHome } from './files.ts';
import { templateName, templateOption, writePolicy } from './policy-file.ts';
import { document, line } from './print.ts';

export const init: Command = {
  name: 'init',
  summary: 'make the home and write a policy to start from',
  options: { template: templateOption },
  says: 'The home is $OCCASIO_HOME, else ~/.occasio. A policy that is there already is left as it is.',
  exit: '0 done, 2 wrong use or a home that is not fit',
  examples: ['occasio init', 'occasio init --template strict'],
  async run({ flags, values }, io) {
    const template = templateName(values.get('template'));
    const home = occasioHome(io);
    const { path, written } = await writePolicy(createOps(), loadCore().core, home, template, false);
    if (flags.has('json')) {
      document(io, { home, policy: path, template: written ? template : null, written });
      return 0;
    }
    line(io.out, written ? `Wrote ${printable(path)} from the template ${template}.` : `Kept ${printable(path)}, which was there already.`);
    line(io.out);
    line(io.out, `Next:  occasio explain Bash 'cat .env'   what would be decided`);
    line(io.out, `       occasio claude                    run Claude Code under it`);
    return 0;
  },
};
