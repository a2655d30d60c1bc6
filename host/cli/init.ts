/** `occasio init`: the home and its policy. What is there already stays as it is. */
import { loadCore } from '../runtime/core.ts';
import { createOps } from '../runtime/node.ts';
import type { Command } from './command.ts';
import { occasioHome, shownPath } from './files.ts';
import { templateName, templateOption, writePolicy } from './policy-file.ts';
import { document, line, page, prose } from './print.ts';

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
    prose(io, written ? `Wrote ${shownPath(io, path)} from the template ${template}.` : `Kept ${shownPath(io, path)}, which was there already.`);
    line(io.out);
    page(io, io.out, `Next:  occasio explain Bash 'cat .env'   what would be decided\n       occasio claude                    run Claude Code under it\n`);
    return 0;
  },
};
