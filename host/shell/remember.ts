/**
 * A reader that remembers the lines it read last: a call is judged when the model makes it and again when history brings it, and agents run the
 * same lines over and over. Facts follow from the line and its place alone, and are the same value each time.
 */
import type { ShellFacts, ShellPlace, ShellReader } from './facts.ts';

const MAX_LINES = 256;
/** Characters; facts of a longer line are many. */
const MAX_LINE = 2048;

export function remembering(read: ShellReader): ShellReader {
  const known = new Map<string, { readonly place: ShellPlace; readonly facts: ShellFacts }>();
  return (command, place) => {
    const before = known.get(command);
    if (before !== undefined && before.place.home === place.home && before.place.cwd === place.cwd) return before.facts;
    const facts = read(command, place);
    if (command.length > MAX_LINE) return facts;
    known.delete(command);
    known.set(command, { place: { home: place.home, cwd: place.cwd }, facts });
    if (known.size > MAX_LINES) known.delete(known.keys().next().value as string);
    return facts;
  };
}
