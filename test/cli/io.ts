/** A stand-in for the terminal: what a command says is kept. */
import { readWords } from '../../host/cli/args.ts';
import type { Command } from '../../host/cli/command.ts';
import type { Io } from '../../host/cli/print.ts';

export interface FakeIo {
  readonly io: Io;
  out(): string;
  err(): string;
}

export function fakeIo(env: { readonly [name: string]: string } = {}, terminal = false, columns = 80, cwd = '/'): FakeIo {
  let [out, err] = ['', ''];
  const text = (t: string | Uint8Array): string => (typeof t === 'string' ? t : new TextDecoder().decode(t));
  const stdin = (async function* none(): AsyncGenerator<Uint8Array> {})();
  const io: Io = {
    out: { write: (t) => void (out += text(t)), terminal, columns },
    err: { write: (t) => void (err += text(t)), terminal, columns },
    env,
    cwd,
    stdin,
  };
  return { io, out: () => out, err: () => err };
}

/** A command in this process, its words read by its table as the program reads them. */
export function call(command: Command, args: readonly string[], io: Io): Promise<number> {
  return command.run(readWords(command.name, args, command), io);
}
