/** `tools:` of a policy: routing by tool name, canonical or the agent's own. */
import { didYouMean } from '../../verifiers/formats/nearest.ts';
import { CLASSIFIERS, EXECUTORS, TRANSFORMS, canonicalTool, knownTools, type Route, type RouteAction } from './document.ts';
import type { Reading } from './reading.ts';
import type { Tree, TreeEntry } from './yaml.ts';

const ACTIONS: readonly RouteAction[] = ['PASS', 'LOCAL', 'TRANSFORM', 'BLOCK', 'ASK'];
const PARTS = ['action', 'transform', 'executor', 'classifier', 'reason', 'max_output_tokens'] as const;

type Parts = { [part in (typeof PARTS)[number]]?: string | number };

export function readTools(reading: Reading, tree: Tree): readonly Route[] | undefined {
  const routes: Route[] = [];
  for (const entry of reading.entries(tree, 'tools') ?? []) {
    const route = readRoute(reading, entry);
    if (route === undefined) continue;
    // Read and read_file are one tool.
    if (routes.some((other) => other.tool === route.tool)) reading.fault(entry.at, { cannot: 'use entry', thing: `tools.${entry.key}`, found: `a second entry for the tool ${route.tool}`, want: 'one' });
    routes.push(route);
  }
  return routes;
}

function readRoute(reading: Reading, { key, at, value }: TreeEntry): Route | undefined {
  if (!/^(?:\*|[A-Za-z][A-Za-z0-9_.:-]{0,127})$/.test(key) || key === 'constructor' || key === 'prototype') {
    return reading.fault(at, { cannot: 'use entry', thing: `tools.${key}`, found: 'not a tool name', want: 'letters, digits, _ . : -, or * for all tools without an entry' });
  }
  const guess = didYouMean(key, knownTools);
  if (guess !== undefined && !knownTools.includes(key)) reading.warn(at, { cannot: 'find tool', thing: key, found: 'no agent is known to have it', hint: guess });
  if (value.kind !== 'map') return reading.mistyped(value, `tools.${key}`, 'members such as {action: PASS}');
  const parts = readParts(reading, value.entries, key);
  const action = parts.action as RouteAction | undefined;
  const names = (part: string): boolean => value.entries.some((e) => e.key === part);
  if (action === undefined) {
    return names('action') ? undefined : reading.fault(at, { cannot: 'use entry', thing: `tools.${key}`, found: 'no action', want: `one of ${ACTIONS.join(', ')}` });
  }
  const tool = canonicalTool(key);
  remark(reading, { at, key, tool, action, parts });
  if (action === 'TRANSFORM' && !names('transform')) return reading.fault(at, { cannot: 'use entry', thing: `tools.${key}`, found: 'TRANSFORM without a transform', want: `transform: ${TRANSFORMS.join(' or ')}` });
  return { tool, ...parts, action } as Route;
}

function readParts(reading: Reading, entries: readonly TreeEntry[], tool: string): Parts {
  const parts: Parts = {};
  for (const { key, at, value } of entries) {
    const name = `tools.${tool}.${key}`;
    const part = PARTS.find((known) => known === key);
    if (part === undefined) reading.unknown(at, 'member', key, PARTS);
    else {
      const read = readPart(reading, part, value, name);
      if (read !== undefined) parts[part] = read;
    }
  }
  return parts;
}

function readPart(reading: Reading, part: (typeof PARTS)[number], value: Tree, name: string): string | number | undefined {
  if (part === 'action') return reading.word(value, name, ACTIONS);
  if (part === 'transform') return reading.word(value, name, TRANSFORMS);
  if (part === 'classifier') return reading.word(value, name, CLASSIFIERS);
  if (part === 'max_output_tokens') return reading.count(value, name);
  const text = reading.text(value, name);
  if (part !== 'reason' || text === undefined || /^[A-Za-z0-9_-]{1,40}$/.test(text)) return text;
  return reading.fault(value.at, { cannot: 'use reason', thing: text, found: 'not a code', want: 'letters, digits, _ and -, at most 40' });
}

interface Remarked {
  readonly at: TreeEntry['at'];
  readonly key: string;
  readonly tool: string;
  readonly action: RouteAction;
  readonly parts: Parts;
}

/** What is understood and has no effect, or another one than its writer may think. */
function remark(reading: Reading, { at, key, tool, action, parts }: Remarked): void {
  const say = (found: string, want?: string): void => reading.warn(at, { cannot: 'act on', thing: `tools.${key}`, found, ...(want === undefined ? {} : { want }) });
  const own = Object.hasOwn(EXECUTORS, tool) ? EXECUTORS[tool] : undefined;
  if (action === 'LOCAL' && own === undefined) say('this version does not run the tool itself: it passes', `LOCAL for ${Object.keys(EXECUTORS).join(', ')}`);
  else if (action === 'LOCAL' && parts.executor !== undefined && parts.executor !== own) say('no such executor: the tool passes', `executor: ${own ?? ''}`);
  if (parts.transform === 'distill-output') say('results are not shortened in this version: the tool passes');
  if (parts.max_output_tokens !== undefined) say('max_output_tokens has no effect in this version');
  if (action === 'ASK') say('nobody can be asked in this version: the tool is refused');
}
