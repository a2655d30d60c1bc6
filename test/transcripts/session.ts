/**
 * Runs the steps of a transcript, one after the other, in one place (test/cli/project.ts): the built program on the PATH, an agent
 * and a model that follow a script, and `told`, which stops what runs until it is told to. The line `record` stands for having worked before: it makes a home with one whole run.
 */
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { giveRecord, newProject, pathOf, program } from '../cli/project.ts';
import { environment, type Place } from '../cli/run.ts';
import { createUpstream, say, use, type Upstream } from '../support/upstream.ts';
import type { JsonObject } from '../support/upstream-turn.ts';
import { formatTranscript, parseTranscript, replacer, type Printed, type Step } from './transcript.ts';

const LIMIT_MS = 20_000;

/** What makes a terminal of any width: util-linux's `script`. Null, and why, where it is missing. */
export const noTerminal: string | null = spawnSync('script', ['-qec', 'true', '/dev/null'], { stdio: 'ignore' }).status === 0 ? null : 'this machine has no `script` of util-linux to make a terminal';

/** The transcript as it is now. Steps at a terminal are left out where there is none to be had. */
export async function replay(text: string): Promise<string> {
  const upstream = await createUpstream({ script: ({ assistantTurns, firstText }) => (assistantTurns === 0 ? say('', use(...asked(firstText))) : say('done')) });
  try {
    const place = newProject();
    for (const [name, file] of [['claude', 'agent.mjs'], ['told', 'told.mjs']] as const) {
      program(place, name, `#!/bin/sh\nexec '${process.execPath}' '${fileURLToPath(new URL(file, import.meta.url))}' "$@"\n`);
    }
    const replaced = replacer(place);
    const done: { step: Step; printed: Printed }[] = [];
    for (const step of parseTranscript(text)) {
      if (step.columns !== null && noTerminal !== null) continue;
      const { out, err, code } = await type(place, upstream, step);
      done.push({ step, printed: { out: replaced(out), err: replaced(err), code } });
    }
    return formatTranscript(done);
  } finally {
    await upstream.close();
  }
}

/** The tool and the input that a prompt like `Bash git status` makes the model ask for. */
function asked(prompt: string): [string, JsonObject] {
  const [, tool = 'Read', rest = ''] = /^(\w+) (.*)$/s.exec(prompt.trim()) ?? [];
  return [tool, tool === 'Bash' ? { command: rest } : { file_path: rest }];
}

async function type(place: Place, upstream: Upstream, { typed, columns }: Step): Promise<Printed> {
  if (typed === 'record') {
    await giveRecord(place);
    return { out: '', err: '', code: 0 };
  }
  const file = join(place.tmp, 'typed.sh');
  mkdirSync(place.tmp, { recursive: true });
  writeFileSync(file, columns === null ? typed : `stty cols ${columns} rows 24\n${typed}\n`);
  const words: readonly [string, ...string[]] = columns === null ? ['bash', file] : ['script', '-qec', `bash ${file}`, '/dev/null'];
  const env = { ...environment(place), PATH: pathOf(place), TERM: 'xterm-256color', SHELL: '/bin/sh', ANTHROPIC_BASE_URL: upstream.url };
  return new Promise((resolve, reject) => {
    const child = spawn(words[0], words.slice(1), { cwd: place.cwd, env, stdio: ['ignore', 'pipe', 'pipe'], timeout: LIMIT_MS });
    let [out, err] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
    child.on('error', reject);
    child.on('close', (code) => resolve({ out, err, code }));
  });
}
