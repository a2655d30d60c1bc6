/**
 * What a call of the agent's own file tools writes, taken out of its input and put back into it. An input of another form gives null, and
 * the agent refuses it. Inputs are attacker-controlled.
 *
 *     Edit       {"file_path", "old_string", "new_string", "replace_all"?}
 *     MultiEdit  {"file_path", "edits": [{"old_string", "new_string", "replace_all"?} …]}
 *     Write      {"file_path", "content"}          NotebookEdit  {"notebook_path", "new_source", …}
 */
import type { EditStep, Writing } from '../policy/writeback/restore.ts';
import type { Input } from './events.ts';

const WHOLE: { readonly [name: string]: string } = { Write: 'content', NotebookEdit: 'new_source' };

export function writingOf(name: string, input: Input): Writing | null {
  if (Object.hasOwn(WHOLE, name)) {
    const text = own(input, WHOLE[name] as string);
    return typeof text === 'string' ? { kind: 'whole', text } : null;
  }
  if (name !== 'Edit' && name !== 'MultiEdit') return null;
  const given = name === 'Edit' ? [input] : own(input, 'edits');
  if (!Array.isArray(given)) return null;
  const steps = given.map(stepOf);
  return steps.every((step) => step !== null) ? { kind: 'edit', steps } : null;
}

function stepOf(edit: unknown): EditStep | null {
  if (typeof edit !== 'object' || edit === null) return null;
  const [from, to, all] = ['old_string', 'new_string', 'replace_all'].map((member) => own(edit as Input, member));
  return typeof from === 'string' && typeof to === 'string' ? { from, to, all: all !== undefined && all !== false } : null;
}

/** The input with another writing of the same form in it; every other member stays. */
export function withWriting(name: string, input: Input, writing: Writing): Input {
  if (writing.kind === 'whole') return { ...input, [WHOLE[name] as string]: writing.text };
  if (name === 'Edit') return withStep(input, writing.steps[0]);
  const edits = own(input, 'edits');
  return { ...input, edits: (Array.isArray(edits) ? (edits as Input[]) : []).map((edit, i) => withStep(edit, writing.steps[i])) };
}

function withStep(edit: Input, step: EditStep | undefined): Input {
  return step === undefined ? edit : { ...edit, old_string: step.from, new_string: step.to };
}

function own(input: Input, member: string): unknown {
  return Object.hasOwn(input, member) ? input[member] : undefined;
}
