/** Each checkpoint is handed out once, in order, with a proof that it goes on from the one before. */
import { writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { handOut, type Handout, type Home } from '../../host/ledger/index.ts';
import { createOps } from '../../host/runtime/node.ts';
import { parseCheckpoint, type Checkpoint } from '../../verifiers/formats/checkpoint.ts';
import { parseNote } from '../../verifiers/formats/note.ts';
import { isConsistent } from '../../verifiers/formats/tree.ts';
import { call, core, home, openRun, scratch, type Scratch } from './support.ts';

let at: Scratch;
let of: Home;
beforeEach(async () => {
  at = scratch();
  of = await home(at);
});
afterEach(() => at.remove());

const checkpointOf = (handout: Handout): Checkpoint => {
  const parsed = parseCheckpoint(parseNote(new TextEncoder().encode(handout.checkpoint))?.text ?? '');
  return typeof parsed === 'string' ? expect.fail(parsed) : parsed;
};
const hand = async (deliver: (handout: Handout) => string = () => ''): Promise<number[]> => (await handOut(createOps(), core, at.home, of.index, 'w', null, async (handout) => ({ text: deliver(handout) }))).map((one) => one.size);
const write = async (rows: number): Promise<string> => {
  const run = await openRun(of);
  for (let n = 0; n < rows; n++) run.append(call(n));
  await run.close('exit');
  return run.path;
};

describe('a witness', () => {
  it('gets_every_checkpoint_once_and_each_is_shown_to_go_on_from_the_one_before', async () => {
    await write(2100);
    let last: Checkpoint | null = null;
    const sizes = await hand((handout) => {
      const now = checkpointOf(handout);
      const [old = '', ...proof] = new TextDecoder().decode(handout.body(handout.old)).split('\n\n')[0]?.split('\n') ?? [];
      expect(old).toBe(`old ${last?.size ?? 0}`);
      const hashes = proof.map((hash) => new Uint8Array(Buffer.from(hash, 'base64')));
      if (last === null) expect(hashes).toEqual([]);
      else expect(isConsistent(core, last.size, now.size, last.root, now.root, hashes)).toBe(true);
      last = now;
      return '';
    });
    expect(sizes).toEqual([1000, 2000, 2103]);
    expect(await hand()).toEqual([]);
    await write(1);
    expect(await hand()).toEqual([4]);
  });

  it('that_takes_no_more_gets_the_rest_the_next_time', async () => {
    await write(1100);
    let times = 0;
    await expect(hand(() => (times++ === 1 ? expect.fail('gone') : ''))).rejects.toThrow('gone');
    expect(await hand()).toEqual([1103]);
  });

  it('gets_nothing_of_a_run_that_was_written_anew', async () => {
    const path = await write(3);
    await write(3);
    writeFileSync(path, '');
    await expect(hand()).rejects.toMatchObject({ code: 'ledger' });
  });
});
