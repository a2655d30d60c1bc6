/**
 * Hashes rows four at a time. A row is hashed as its bytes up to the cut before its `hash` member, then "}", and is compared with
 * the 64 digits it claims. A row goes into a free lane; when none is free all four run for as many blocks as the shortest has left.
 * So rows end out of order, and at most three lanes' rows late: `settle` ends them all.
 *
 * A lane: 4 KB of padded message, and 32 bytes of record:
 *   0  u32 blocks left, 0 where free   4  u32 address of the next block   8  u32 row   16  f64 file offset of the claimed digits
 */
import * as Code from './codes';
import { depart } from './departures';
import { equal64, hexOf } from './hex';
import { copyLoose } from './memory';
import { sha256Begin, sha256End, sha256Update, swapBytes } from './sha256';
import { compress4, digestOf, startLane } from './sha256x4';

const LANES: usize = 4;
const ROOM: usize = 4096;
/** Longest message for a lane: its padding takes up to 72 bytes, and copies may overrun by 15. */
const LONGEST: usize = ROOM - 96;
const MESSAGES: usize = memory.data(4 * 4096, 16);
const RECORDS: usize = memory.data(4 * 32, 16);
const CLAIMS: usize = memory.data(4 * 64, 16);
/** Transposed hash state: word i of lane l at 16 i + 4 l. */
const STATE: usize = memory.data(8 * 16, 16);
const DIGEST: usize = memory.data(32, 16);
const DIGITS: usize = memory.data(64, 16);
const BRACE: usize = memory.data<u8>([0x7d]);

@inline
function left(lane: usize): u32 {
  return load<u32>(RECORDS + lane * 32);
}

@inline
function cursor(lane: usize): usize {
  return load<u32>(RECORDS + lane * 32, 4);
}

export function clearLanes(): void {
  for (let lane: usize = 0; lane < LANES; lane++) store<u32>(RECORDS + lane * 32, 0);
}

/** Takes the row whose message is [p, cut) and "}", and whose digits stand at `claim`, at `offset` of the file. */
export function submit(p: usize, cut: usize, claim: usize, rowIndex: u32, offset: f64): void {
  const length = cut - p + 1;
  if (length > LONGEST) {
    hashAlone(p, cut, claim, rowIndex, offset);
    return;
  }
  let lane = freeLane();
  if (lane == LANES) {
    run();
    lane = freeLane();
  }
  const message = MESSAGES + lane * ROOM;
  copyLoose(message, p, cut - p);
  const blocks = pad(message, length);
  copyLoose(CLAIMS + lane * 64, claim, 64);
  startLane(STATE, lane);
  const record = RECORDS + lane * 32;
  store<u32>(record, <u32>blocks);
  store<u32>(record, <u32>message, 4);
  store<u32>(record, rowIndex, 8);
  store<f64>(record, offset, 16);
}

/** Runs until every lane is free. */
export function settle(): void {
  while ((left(0) | left(1) | left(2) | left(3)) != 0) run();
}

function freeLane(): usize {
  let lane: usize = 0;
  while (lane < LANES && left(lane) != 0) lane++;
  return lane;
}

/** Puts "}" and the padding (FIPS 180-4, section 5.1.1) behind a message; gives the number of blocks. */
function pad(message: usize, length: usize): usize {
  const blocks = (length + 8 + 64) >> 6;
  const stop = message + (blocks << 6);
  store<u8>(message + length - 1, 0x7d);
  for (let i = message + length; i < stop; i += 16) v128.store(i, i64x2.splat(0));
  store<u8>(message + length, 0x80);
  store<u32>(stop - 8, 0);
  store<u32>(stop - 4, swapBytes(<u32>length << 3));
  return blocks;
}

/** Runs all lanes for as many blocks as the shortest has left. A free lane runs along on the blocks of a taken one. */
function run(): void {
  let blocks: u32 = u32.MAX_VALUE;
  let taken: usize = 0;
  for (let lane: usize = 0; lane < LANES; lane++) {
    const n = left(lane);
    if (n != 0) taken = lane;
    if (n != 0 && n < blocks) blocks = n;
  }
  const spare = cursor(taken);
  compress4(
    STATE,
    left(0) != 0 ? cursor(0) : spare,
    left(1) != 0 ? cursor(1) : spare,
    left(2) != 0 ? cursor(2) : spare,
    left(3) != 0 ? cursor(3) : spare,
    blocks,
  );
  for (let lane: usize = 0; lane < LANES; lane++) {
    if (left(lane) == 0) continue;
    const record = RECORDS + lane * 32;
    store<u32>(record, left(lane) - blocks);
    store<u32>(record, <u32>cursor(lane) + (blocks << 6), 4);
    if (left(lane) == 0) finish(lane);
  }
}

function finish(lane: usize): void {
  digestOf(STATE, lane, DIGEST);
  const record = RECORDS + lane * 32;
  compare(CLAIMS + lane * 64, load<u32>(record, 8), load<f64>(record, 16));
}

function hashAlone(p: usize, cut: usize, claim: usize, rowIndex: u32, offset: f64): void {
  sha256Begin();
  sha256Update(p, cut - p);
  sha256Update(BRACE, 1);
  sha256End(DIGEST);
  compare(claim, rowIndex, offset);
}

function compare(claim: usize, rowIndex: u32, offset: f64): void {
  hexOf(DIGEST, DIGITS);
  if (!equal64(DIGITS, claim)) depart(Code.HASH_MISMATCH, rowIndex, offset);
}
