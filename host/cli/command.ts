/** What a command is. One file a command; `main.ts` holds the list. */
import type { Io } from './print.ts';

export interface Command {
  readonly name: string;
  /** One line for the list of commands. */
  readonly summary: string;
  /** What `occasio help <name>` prints below the summary: usage lines first, then options, then examples. */
  readonly help: string;
  /** Gives the exit code. Throws OccasioError for wrong use and input that cannot be read. */
  run(args: readonly string[], io: Io): Promise<number>;
  /** The arguments belong to another program: `--help` among them is not ours. */
  readonly passesArguments?: boolean;
}
