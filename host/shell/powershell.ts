/**
 * The reader of PowerShell command lines, of Windows PowerShell and of PowerShell 7. A line that cannot be read whole is refused
 * whole; what the reader does not know for certain makes the line opaque, and then all that its text names is a mention.
 */
import { createState, faultFacts, MAX_TEXTS, type State } from './bash/state.ts';
import type { ShellFacts, ShellPlace, ShellReader } from './facts.ts';
import { literals } from './powershell/touch.ts';
import { fail, type Reading } from './powershell/reading.ts';
import { group, pipeline } from './powershell/statements.ts';
import { survey } from './powershell/variables.ts';
import { hidesText, MAX_COMMAND } from './text.ts';

/** `bash` reads what a line gives to a POSIX shell. */
export function createPowerShellReader(bash: ShellReader): ShellReader {
  return (command, place) => {
    const text = command.replaceAll('\r\n', '\n');
    if (text.length > MAX_COMMAND) return faultFacts('too-long');
    if (hidesText(text)) return faultFacts('control-character');
    const state = createState(place);
    const top = readText(text, state, bash, place, 0);
    // What a program or an unknown command makes of its input is not known.
    for (const input of state.inputs.splice(0)) if (state.stdin !== 'none') literals(top, input);
    const facts = state.facts();
    if (facts.fault !== null || facts.opaque === null) return facts;
    literals(top, text);
    return state.facts();
  };
}

function readText(text: string, state: State, bash: ShellReader, place: ShellPlace, depth: number): Reading {
  const script: Reading['script'] = (inner, language, strict) => {
    if (depth >= MAX_TEXTS) return state.fault('too-many');
    if (hidesText(inner)) return strict ? state.fault('control-character') : undefined;
    if (language === 'bash') return merge(bash(inner, place), state, strict);
    const trial = strict ? state : quiet(state);
    readText(inner.replaceAll('\r\n', '\n'), trial, bash, place, depth + 1);
  };
  const reading: Reading = { text, at: 0, sure: depth === 0, depth: 0, state, group, pipeline, script };
  state.spend(text.length);
  survey(text, state);
  if (!state.faulted()) {
    group(reading, null);
    if (!state.faulted() && reading.at < text.length) fail(reading);
  }
  return reading;
}

/** A state in which a text that does not read is no fault of the line: its pieces may be no text at all. */
function quiet(state: State): State {
  let over = false;
  return {
    ...state,
    fault: (code) => {
      if (code === 'unparsable') over = true;
      else state.fault(code);
    },
    faulted: () => over || state.faulted(),
  };
}

function merge(facts: ShellFacts, state: State, strict: boolean): void {
  if (facts.fault !== null) return strict || facts.fault !== 'unparsable' ? state.fault(facts.fault) : undefined;
  for (const word of facts.words) state.emit(word.text, word.access, word.glob, [...state.directories, ...word.directories]);
  for (const program of facts.programs) state.program(program);
  for (const command of facts.commands) state.command(command, false);
  if (facts.opaque !== null) state.opaque(facts.opaque);
}
