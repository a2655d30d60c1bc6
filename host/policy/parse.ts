/**
 * `policy.yml` version 1: text -> document, or every fault with line and column. Strict: what is not understood is refused,
 * never skipped, and then the policy in force before stays so. Members are read by `members.ts`, one reader each.
 */
import type { Core } from '../../core-wasm/core.ts';
import { DEFAULTS, type PolicyDocument } from './document.ts';
import type { PolicyFault } from './fault.ts';
import { MEMBERS } from './members.ts';
import { newBudget } from './pattern/automaton.ts';
import { createReading, type Reading } from './reading.ts';
import { readTree, type Tree } from './yaml.ts';

export type PolicyResult =
  | { readonly ok: true; readonly document: PolicyDocument; readonly warnings: readonly PolicyFault[] }
  | { readonly ok: false; readonly faults: readonly PolicyFault[] };

export function parsePolicy(core: Core, text: Uint8Array): PolicyResult {
  const read = readTree(text);
  if (!read.ok) return read;
  const reading = createReading(core, newBudget());
  const document = readDocument(reading, read.tree);
  const inOrder = (list: readonly PolicyFault[]): PolicyFault[] => [...list].sort((a, b) => a.line - b.line || a.column - b.column);
  return reading.faults.length > 0 ? { ok: false, faults: inOrder(reading.faults) } : { ok: true, document, warnings: inOrder(reading.warnings) };
}

function readDocument(reading: Reading, tree: Tree): PolicyDocument {
  if (tree.kind !== 'map') {
    reading.fault(tree.at, { cannot: 'read', thing: 'policy', found: tree.kind === 'list' ? 'a list' : 'a single value', want: 'members such as "version: 1"' });
    return DEFAULTS;
  }
  const given: { [member: string]: unknown } = {};
  for (const { key, at, value } of tree.entries) {
    const read = Object.hasOwn(MEMBERS, key) ? MEMBERS[key] : undefined;
    if (read === undefined) reading.unknown(at, 'member', key, Object.keys(MEMBERS));
    else Object.assign(given, read(reading, value, key));
  }
  if (!tree.entries.some((e) => e.key === 'version')) reading.fault(tree.at, { cannot: 'read', thing: 'policy', found: 'no version', want: '"version: 1"' });
  return { ...DEFAULTS, ...given };
}
