/**
 * Where classes of code points begin: two code points between the same bounds are told apart by no label. A label that admits
 * [low, high] sets bounds at low and high + 1.
 */
import { LITERAL, RANGE, STATE } from './globstates';
import { reserve } from './memory';

/** Bounds up to 128 that are listed already: patterns are mostly ASCII, and repeat their letters. */
const SEEN: usize = memory.data(132);
let list: usize = 0;
let count: usize = 0;

/** Writes the bounds at `at`, ascending, each once; gives their number. */
export function gatherBounds(states: usize, stateCount: usize, ranges: usize, rangeCount: usize, at: usize): usize {
  list = at;
  count = 0;
  memory.fill(SEEN, 0, 132);
  reserve(at + (stateCount + rangeCount + 2) * 8);
  add(0, 0x2e);
  add(0x2f, 0x2f);
  for (let i: usize = 0; i < stateCount; i++) {
    const s = states + i * STATE;
    if (load<u8>(s, 1) == LITERAL) add(load<u32>(s, 4), load<u32>(s, 4));
  }
  for (let i: usize = 0; i < rangeCount; i++) add(load<u32>(ranges + i * RANGE), load<u32>(ranges + i * RANGE, 4));
  sort();
  return dropRepeats();
}

function add(low: u32, high: u32): void {
  push(low);
  push(high + 1);
}

function push(bound: u32): void {
  if (bound <= 128) {
    if (load<u8>(SEEN + bound) != 0) return;
    store<u8>(SEEN + bound, 1);
  }
  store<u32>(list + count++ * 4, bound);
}

/** Heap sort. */
function sort(): void {
  for (let i = count >> 1; i > 0; i--) sink(i - 1, count);
  for (let i = count; i > 1; ) {
    i--;
    const x = load<u32>(list);
    store<u32>(list, load<u32>(list + i * 4));
    store<u32>(list + i * 4, x);
    sink(0, i);
  }
}

function sink(i: usize, n: usize): void {
  const x = load<u32>(list + i * 4);
  while (true) {
    let child: usize = 2 * i + 1;
    if (child >= n) break;
    if (child + 1 < n && load<u32>(list + child * 4) < load<u32>(list + child * 4, 4)) child++;
    if (x >= load<u32>(list + child * 4)) break;
    store<u32>(list + i * 4, load<u32>(list + child * 4));
    i = child;
  }
  store<u32>(list + i * 4, x);
}

function dropRepeats(): usize {
  let kept: usize = 1;
  for (let i: usize = 1; i < count; i++) {
    const x = load<u32>(list + i * 4);
    if (x != load<u32>(list + kept * 4 - 4)) store<u32>(list + kept++ * 4, x);
  }
  return kept;
}
