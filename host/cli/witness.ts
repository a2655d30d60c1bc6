/** `occasio witness`: hands checkpoints to something that this machine cannot alter afterwards. */
import { spawn } from 'node:child_process';
import { OccasioError, printable } from '../../verifiers/formats/error.ts';
import { handOut, openHome, type Answer, type Deliver, type Handout } from '../ledger/index.ts';
import type { Ops } from '../ops.ts';
import { loadCore } from '../runtime/core.ts';
import { createOps } from '../runtime/node.ts';
import { wrongUse } from './args.ts';
import type { Command } from './command.ts';
import { occasioHome } from './files.ts';
import { document, line, type Io } from './print.ts';
import { witnessKeyOf } from './trusted-keys.ts';

const MAX_ANSWER = 65_536;
const TIME_OUT_MS = 30_000;

export const witness: Command = {
  name: 'witness',
  summary: 'hand checkpoints out, so that the record cannot be rewritten unseen',
  options: {
    to: { value: 'CMD|URL', says: 'a C2SP tlog-witness by the URL before /add-checkpoint,\nor a program and its words' },
    'witness-key': { value: 'KEY', says: 'its verifier key, <name>+<8 hex>+<base64>:\nan answer without its cosignature is an error' },
    json: { says: 'what was handed out' },
  },
  says: `Each checkpoint is handed out once, in order, with a proof that it goes on from the one before. A program gets it on
standard input, with OCCASIO_RUN and OCCASIO_ROWS set, no shell in between; it may commit it to git, put it on a share,
send it on. What it or the witness answers, cosignatures or nothing, is kept in the index. A checkpoint kept elsewhere is
what finds a record that its own user wrote anew: occasio audit verify --all --checkpoint FILE.`,
  exit: '0 handed out, or nothing to hand out; 2 wrong use, or it was not taken',
  examples: ['occasio witness --to cat'],
  async run({ flags, values }, io) {
    const to = values.get('to');
    if (to === undefined || to.trim() === '') throw wrongUse('witness', to ?? 'nothing', 'nobody to hand them to', 'Name one with --to.');
    const { core } = loadCore();
    const ops = createOps();
    const home = await openHome(ops, core, occasioHome(io));
    const key = witnessKeyOf(core, 'witness', values.get('witness-key'));
    const handed = await handOut(ops, core, home.path, home.index, to, key, /^https?:\/\//.test(to) ? overHttp(ops, to) : toProgram(io, to));
    if (flags.has('json')) document(io, { witness: to, handed });
    else if (handed.length === 0) line(io.out, 'Nothing to hand out: every checkpoint was.');
    else for (const one of handed) line(io.out, `run ${one.run_id}: ${one.size} rows${one.cosignatures === 0 ? '' : `, ${one.cosignatures} ${one.cosignatures === 1 ? 'cosignature' : 'cosignatures'}`}`);
    return 0;
  },
};

/** POST <URL>/add-checkpoint. A witness that has another size than the index says tells it once (409), and is asked again from there. */
function overHttp(ops: Ops, to: string): Deliver {
  const url = `${to.replace(/\/+$/, '')}/add-checkpoint`;
  const post = async (body: Uint8Array): Promise<{ readonly status: number; readonly text: string }> => {
    // Not AbortSignal.timeout: on Deno it keeps the process until it is over.
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), TIME_OUT_MS);
    try {
      const { status, body: answer } = await ops.send({ method: 'POST', url, headers: [['content-type', 'text/plain; charset=utf-8'], ['content-length', String(body.length)]], body, signal: stop.signal });
      return { status, text: await textOf(answer, to) };
    } finally {
      clearTimeout(timer);
    }
  };
  return async (handout) => {
    let answer = await post(handout.body(handout.old));
    const size = answer.status === 409 && /^(0|[1-9]\d{0,15})\n$/.test(answer.text) ? Number(answer.text) : null;
    if (size !== null && size !== handout.old && size <= handout.size) answer = await post(handout.body(size));
    if (answer.status === 200) return answer;
    throw refused(to, size !== null && size > handout.size ? `it has ${size} rows of this run, more than there are` : `it answers ${answer.status}`);
  };
}

async function textOf(body: ReadableStream<Uint8Array>, to: string): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of body) {
    text += decoder.decode(chunk, { stream: true });
    if (text.length > MAX_ANSWER) throw refused(to, `it answers more than ${MAX_ANSWER} bytes`);
  }
  return text + decoder.decode();
}

function toProgram(io: Io, to: string): Deliver {
  const [program = '', ...args] = to.trim().split(/ +/);
  return (handout: Handout) =>
    new Promise<Answer>((resolve, reject) => {
      const env = { ...io.env, OCCASIO_RUN: handout.runId, OCCASIO_ROWS: String(handout.size) };
      const child = spawn(program, args, { cwd: io.cwd, env, stdio: ['pipe', 'pipe', 'inherit'] });
      const timer = setTimeout(() => child.kill(), TIME_OUT_MS);
      const end = (): void => clearTimeout(timer);
      let text = '';
      child.stdout.setEncoding('utf8').on('data', (chunk: string) => (text.length <= MAX_ANSWER ? (text += chunk) : child.kill()));
      child.on('error', (error: NodeJS.ErrnoException) => (end(), reject(refused(to, error.code === 'ENOENT' ? 'there is no such program' : String(error.code)))));
      // A program may end without reading.
      child.stdin.on('error', (error: NodeJS.ErrnoException) => (error.code === 'EPIPE' ? undefined : reject(error)));
      child.stdin.end(handout.checkpoint);
      child.on('close', (code) => (end(), code === 0 ? resolve({ text: signaturesIn(text) }) : reject(refused(to, code === null ? 'it was ended' : `it ended with ${code}`))));
    });
}

/** A program may print what it likes; signature lines count. */
function signaturesIn(text: string): string {
  return text.split('\n').filter((part) => part.startsWith('— ')).map((part) => `${part}\n`).join('');
}

function refused(to: string, found: string): OccasioError {
  return new OccasioError({ code: 'answer', cannot: 'hand a checkpoint to', thing: printable(to), found, next: 'It is handed out again the next time.' });
}
