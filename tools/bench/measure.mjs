/** How much faster ours is than a peer: the two run in turns, after one run each to warm up. */

const ROUNDS = 9;

function time(work) {
  const from = performance.now();
  work();
  return performance.now() - from;
}

function median(times) {
  return times.sort((a, b) => a - b)[times.length >> 1];
}

/** `ours` and `peer` do the same work; a much slower peer may do the `share`-th part of it, and its time is multiplied. */
export function ratioOf({ ours, peer, share = 1 }) {
  const a = [], b = [];
  for (let i = 0; i < 3; i++) ours(), peer();
  for (let i = 0; i < ROUNDS; i++) {
    a.push(time(ours));
    b.push(time(peer) * share);
  }
  return median(b) / median(a);
}
