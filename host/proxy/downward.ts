/**
 * Downwards: the answer streams through; each tool_use is held until it is decided and its row is durable. What the agent
 * gets is what the upstream sent, byte for byte, but for the blocks that are refused or answered here.
 */
import { OccasioError } from '../../verifiers/formats/error.ts';
import { judgeCall } from '../gate/gate.ts';
import type { Turn } from '../gate/turn.ts';
import type { ResponseEvent, ResponseReader } from '../wire/events.ts';
import { errorEvent, PING } from '../wire/anthropic-error.ts';
import { withWriting } from '../wire/writing.ts';
import { modelCall } from './call.ts';
import { answerLocally } from './local.ts';
import { LATE, within, type Patience } from './patience.ts';
import { answered, denied } from './substitution.ts';

type ToolUseEvent = Extract<ResponseEvent, { kind: 'tool_use' }>;

/** Calls in one answer; a row names them all. */
const MAX_CALLS = 512;

/** Bytes for the client in place of one event. */
export async function settle(turn: Turn, event: ToolUseEvent): Promise<Uint8Array> {
  const { use } = event;
  const call = modelCall(use);
  const ruling = await judgeCall(turn, call);
  const { action, reason } = ruling.decision;
  if (ruling.writing !== undefined) return event.substitute({ name: use.name, input: withWriting(use.name, use.input ?? {}, ruling.writing) });
  if (action === 'PASS' || action === 'TRANSFORM') return event.pass;
  if (action === 'BLOCK') return event.substitute(await denied(turn, use, call.tool, reason));
  const answer = await answerLocally(turn, call, use.input ?? {}, ruling);
  return event.substitute(await answered(turn, use, reason, answer));
}

export interface Relay {
  readonly turn: Turn;
  readonly reader: ResponseReader;
  readonly source: ReadableStream<Uint8Array>;
  /** Aborted when the client has left. */
  readonly client: AbortSignal;
  /** Ends the upstream call. */
  readonly abort: () => void;
  /** Called once, whatever way it ends. */
  readonly finish: () => void;
  readonly notice: (line: string) => void;
  readonly patience: Patience;
}

/** The stream for the client. It reads on only as fast as the client takes. */
export function relay(line: Relay): ReadableStream<Uint8Array> {
  const source = line.source.getReader();
  const waiting: ResponseEvent[] = [];
  let next: Promise<ReadableStreamReadResult<Uint8Array>> | null = null;
  let calls = 0;
  let drained = false;
  let silent = 0;
  let ended = false;
  const end = (): void => {
    if (!ended) line.finish();
    ended = true;
  };

  async function pull(controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> {
    for (;;) {
      const event = waiting.shift();
      if (event !== undefined) {
        if (event.kind === 'tool_use' && ++calls > MAX_CALLS) throw tooManyCalls();
        const bytes = event.kind === 'tool_use' ? await settle(line.turn, event) : event.bytes;
        if (ended) return;
        if (bytes.length > 0) controller.enqueue(bytes);
        if (event.kind === 'broken') {
          line.notice(`upstream stream refused: ${event.why}`);
          line.abort();
          end();
          controller.close();
        }
        if (bytes.length > 0 || ended) return;
        continue;
      }
      next ??= source.read();
      const { ping, silent: most } = line.patience;
      const wait = line.reader.holding() ? Math.min(ping, most - silent) : most - silent;
      const got = await within(next, wait);
      if (ended) return;
      if (got === LATE) {
        silent += wait;
        if (silent >= most) throw tooSilent(most);
        controller.enqueue(PING);
        return;
      }
      silent = 0;
      if (!got.done) {
        next = null;
        waiting.push(...line.reader.push(got.value));
      } else if (!drained) {
        // The promise stays: once what was left is passed on, the end is read again.
        drained = true;
        waiting.push(...line.reader.end());
      } else {
        end();
        controller.close();
        return;
      }
    }
  }

  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        await pull(controller);
      } catch (e) {
        line.abort();
        const known = e instanceof OccasioError;
        if (!ended && known && e.code !== 'upstream') controller.enqueue(errorEvent(`occasio: ${e.message}`));
        if (!known && !line.client.aborted) line.notice(`the stream of the upstream broke off: ${(e as Error).message}`);
        end();
        if (known && e.code !== 'upstream') controller.close();
        else controller.error(e);
      }
    },
    cancel() {
      line.abort();
      end();
    },
  });
}

/** A whole JSON answer, judged like a stream. */
export async function relayWhole(turn: Turn, reader: ResponseReader, body: Uint8Array): Promise<Uint8Array[]> {
  const out: Uint8Array[] = [];
  const events = [...reader.push(body), ...reader.end()];
  if (events.filter((event) => event.kind === 'tool_use').length > MAX_CALLS) throw tooManyCalls();
  for (const event of events) {
    if (event.kind === 'broken') throw unjudgeable(event.why);
    out.push(event.kind === 'tool_use' ? await settle(turn, event) : event.bytes);
  }
  return out;
}

function unjudgeable(why: string): OccasioError {
  return new OccasioError({ code: 'answer', cannot: 'judge the answer of', thing: 'upstream', found: why });
}

export function tooSilent(milliseconds: number): OccasioError {
  return unjudgeable(`it was silent for ${milliseconds / 1000} seconds`);
}

function tooManyCalls(): OccasioError {
  return unjudgeable(`more than ${MAX_CALLS} tool calls in one answer`);
}
