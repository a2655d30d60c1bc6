/**
 * `occasio explain`: what would be decided for a call here and now, by which rule. The call goes the way an agent's call
 * goes (the wire's table of tools, the gate's facts, `decide`), but nothing is run and nothing is recorded.
 */
import { OccasioError, printable } from '../../verifiers/formats/error.ts';
import { gatherFacts, type World } from '../gate/facts.ts';
import { counted, worldOf } from '../gate/gate.ts';
import { physicalPath } from '../gate/resolve.ts';
import { openPolicy, type InForce } from '../gate/policy-source.ts';
import { decide, reasonSentence } from '../policy/index.ts';
import type { Decision, Judged, JudgedPath } from '../policy/types.ts';
import { modelCall } from '../proxy/call.ts';
import { loadCore } from '../runtime/core.ts';
import { createOps } from '../runtime/node.ts';
import { loadShell } from '../runtime/shell.ts';
import type { ToolUse } from '../wire/events.ts';
import { shapeOf } from '../wire/names.ts';
import { oneOf, wrongUse } from './args.ts';
import type { Command } from './command.ts';
import { absolute, occasioHome, shownPath } from './files.ts';
import { document, line, paint, prose, widthOf, type Io, type Tone } from './print.ts';
import { presetOption, presets } from './session.ts';
import { wrap } from './wrap.ts';

export const explain: Command = {
  name: 'explain',
  summary: 'say what would be decided for a tool call, and by which rule',
  words: [
    { name: 'TOOL', likely: ['Read', 'Write', 'Edit', 'Bash', 'Grep', 'Glob', 'WebFetch'], says: "a tool's name as the agent says it" },
    { name: 'INPUT', says: 'its input as JSON; for a shell the command alone will do' },
  ],
  options: {
    policy: { value: 'FILE', of: 'file', says: 'another policy than the one in force' },
    preset: presetOption,
    cwd: { value: 'FOLDER', of: 'folder', says: 'the folder the agent works in; default: this one' },
  },
  says: 'Links are resolved on this disk. Nothing is run and nothing is recorded.',
  exit: '0 whatever the decision, 2 wrong use, or a policy that cannot be used',
  examples: ["occasio explain Bash 'cat .env'", `occasio explain Read '{"file_path":".env"}'`],
  async run({ flags, values, words }, io) {
    const [tool = '', input = ''] = words;
    const preset = oneOf(values.get('preset'), presets, 'balanced');
    const ops = createOps();
    const { core } = loadCore();
    const home = occasioHome(io);
    const named = values.get('policy');
    const path = named === undefined ? `${home}/policy.yml` : absolute(io, named);
    if (named !== undefined && (await ops.files.stat(path)) === null) throw new OccasioError({ code: 'not-found', cannot: 'read policy', thing: path, found: 'no such file' });
    const source = await openPolicy(ops, core, path, preset, (text) => line(io.err, `occasio: ${text}`));
    const inForce = await source.current();
    const cwd = absolute(io, values.get('cwd') ?? '.');
    const world = worldOf({ ops, core, shell: loadShell }, inForce.policy, { home: await physicalPath(ops, home), pid: ops.host.pid, port: 0 });
    const call = modelCall(toolUse(tool, input));
    const { judged } = await gatherFacts(world, call, { cwd, home: ops.host.home, door: 'wire', direction: 'inbound' }, []);
    const given: Judged = { ...judged, ...counted(core, inForce.policy, call, { tool_calls: 0, bash_calls: 0, bytes_to_model: 0 }) };
    const decision = decide(inForce.policy, given);
    if (flags.has('json')) document(io, { ...decision, sentence: reasonSentence(decision.reason), policy: policyOf(path, inForce), preset, judged: given });
    else print(io, decision, { ...given, paths: telling(given, world) }, path, inForce);
    return 0;
  },
};

/** Paths that would be touched, and mentions of others that make a difference; a command line mentions every word. */
function telling(judged: Judged, world: World): readonly JudgedPath[] {
  const matters = world.mattering(judged);
  const paths = judged.paths ?? [];
  const touched = new Set(paths.filter((path) => path.access !== 'mention').map((path) => path.asked));
  return paths.filter((path) => path.access !== 'mention' || (!touched.has(path.asked) && matters(path)));
}

/** The call as a model would make it. A shell's input may be the command itself. */
function toolUse(name: string, text: string): ToolUse {
  const use = { id: 'explain', name, inputText: text, fault: null };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    if (shapeOf(name).class === 'shell') return { ...use, inputText: JSON.stringify({ command: text }), input: { command: text } };
    throw wrongUse('explain', text, 'the input is no JSON', `Write it as an object: '{"file_path":"..."}'.`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    if (shapeOf(name).class === 'shell') return { ...use, inputText: JSON.stringify({ command: text }), input: { command: text } };
    throw wrongUse('explain', text, 'the input is no JSON object');
  }
  return { ...use, input: value as { readonly [name: string]: unknown } };
}

function policyOf(path: string, inForce: InForce): { readonly source: string; readonly path: string | null; readonly hash: string } {
  const builtIn = inForce.template !== null;
  return { source: builtIn ? `built-in ${inForce.template.name}` : 'file', path: builtIn ? null : path, hash: inForce.template?.hash ?? inForce.hash };
}

/** Columns of what stands before a line. */
const LABEL = 10;

const tones: { readonly [action: string]: Tone } = { PASS: 'good', BLOCK: 'bad', LOCAL: 'note', TRANSFORM: 'note' };

function print(io: Io, decision: Decision, judged: Judged, path: string, inForce: InForce): void {
  const { source, hash } = policyOf(path, inForce);
  const lines: (readonly [name: string, text: string])[] = [
    ['rule', decision.rule === null ? 'none' : printable(decision.rule)],
    ['tool', printable(`${judged.tool} (${judged.class})`)],
    ...(judged.paths ?? []).map((asked) => ['path', `${printable(asked.asked)} (${asked.access}) -> ${asked.resolved.map((p) => shownPath(io, p)).join(', ')}`] as const),
    ...(judged.shell === undefined ? [] : [['programs', printable(judged.shell.programs.join(', ') || 'none')] as const]),
    ...(judged.shell?.opaque == null ? [] : [['opaque', printable(judged.shell.opaque)] as const]),
    ['policy', `${source === 'file' ? shownPath(io, path) : source}, sha256 ${hash.slice(0, 16)}`],
  ];
  prose(io, `${paint(io, io.out, tones[decision.action] ?? 'plain', decision.action)}  ${decision.reason}: ${reasonSentence(decision.reason)}`);
  const width = widthOf(io, io.out) ?? Infinity;
  for (const [name, text] of lines) wrap(text, width - LABEL).forEach((part, i) => line(io.out, (i === 0 ? name : '').padEnd(LABEL) + part));
}
