/**
 * A way in which the lines of a denied file could take to the model, walked by the real agent: first where nobody governs,
 * where they must arrive, so that no case passes because its way leads nowhere; then through Occasio, where none may.
 */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { templateText, type TemplateName } from '../../host/policy/index.ts';
import { createUpstream, say, use, type Script, type Turn, type Upstream } from '../support/upstream.ts';
import { runClaude, type Run } from './claude.ts';
import { versions, type Version } from './install.ts';
import { expectGoverned } from './record.ts';
import { createWorld, denied, type World } from './world.ts';

export interface Way {
  readonly name: string;
  readonly files?: Readonly<Record<string, string>>;
  /** What must not arrive, besides the lines of the denied file. */
  readonly lines?: readonly string[];
  /** Anything that must stand before the agent starts. */
  readonly prepare?: (world: World) => void;
  readonly prompt?: string;
  readonly args?: readonly string[];
  readonly turns: (world: World) => Script;
  /** It brings a policy of its own, so that no other one is tried. */
  readonly ownPolicy?: boolean;
  /** A version whose agent does not walk this way. */
  readonly not?: Version;
}

export const bash = (command: string): ReturnType<typeof use> => use('Bash', { command, description: 'a step' });
/** These turns, then the end. */
export const once = (...turns: readonly Turn[]): Script => [...turns, say('that is all')];
/** A model without 'system' messages inside the conversation: the agent puts what it adds elsewhere. */
export const older = ['--model', 'claude-haiku-4-5-20251001'];

async function walk(world: World, way: Way, through: 'occasio' | 'nothing'): Promise<{ upstream: Upstream; run: Run }> {
  way.prepare?.(world);
  const upstream = await createUpstream({ script: way.turns(world) });
  try {
    return { upstream, run: await runClaude(world, { upstream, through, args: [way.prompt ?? 'do the task', ...(way.args ?? [])] }) };
  } finally {
    await upstream.close();
  }
}

/** Where the denied lines, and these, were seen: each place once. */
export const linesLeaked = (upstream: Upstream, more: readonly string[] = []): string[] => [
  ...new Set(upstream.leaks([...denied, ...more]).map((leak) => `request ${leak.request} ${leak.where}: ${leak.line}`)),
];

export async function inWorld(version: Version, files: Readonly<Record<string, string>>, body: (world: World) => Promise<void>): Promise<void> {
  const world = createWorld(version, files);
  try {
    await body(world);
  } finally {
    world.remove();
  }
}

/** The policy in force is this template, as it ships. */
export const usePolicy = (world: World, name: TemplateName): string => world.write(join(world.occasioHome, 'policy.yml'), templateText(name));

/** Each way, with each version of the agent, bare and governed; and with the newest under the other templates. */
export function testWays(ways: readonly Way[], templates: readonly TemplateName[] = ['strict', 'local-first']): void {
  for (const version of versions) {
    describe.each(ways.filter((way) => way.not !== version))(`Claude Code ${version}: a denied file by $name`, (way) => {
      it('arrives where nobody governs', () =>
        inWorld(version, way.files ?? {}, async (world) => {
          const { upstream, run } = await walk(world, way, 'nothing');
          expect({ code: run.code, problems: upstream.problems }).toEqual({ code: 0, problems: [] });
          expect(linesLeaked(upstream, way.lines)).not.toEqual([]);
        }));

      it('never arrives through occasio claude', () =>
        inWorld(version, way.files ?? {}, async (world) => {
          const { upstream, run } = await walk(world, way, 'occasio');
          expect(linesLeaked(upstream, way.lines)).toEqual([]);
          expectGoverned(world, upstream, run);
        }));
    });
  }
  const newest = versions[0];
  describe.each(templates)('the template %s', (template) => {
    it.each(ways.filter((way) => way.not !== newest && way.ownPolicy !== true))('lets no line of a denied file arrive by $name', (way) =>
      inWorld(newest, way.files ?? {}, async (world) => {
        usePolicy(world, template);
        const { upstream, run } = await walk(world, way, 'occasio');
        expect(linesLeaked(upstream, way.lines)).toEqual([]);
        expectGoverned(world, upstream, run);
      }));
  });
}
