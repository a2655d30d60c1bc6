/**
 * SHA-256 of four messages at once, one in each 32-bit lane of a v128. The state is transposed: eight v128, the i-th
 * holding word i of the four lanes. Messages are padded by the caller; `compress4` takes whole blocks only.
 */
import { K } from './sha256';

/** K with each word in all four lanes, filled in on first use: 1 KB of module saved. */
const K4: usize = memory.data(64 * 16, 16);
const W4: usize = memory.data(64 * 16, 16);
let ready = false;

@inline
function rotr4(x: v128, n: i32): v128 {
  return v128.or(i32x4.shr_u(x, n), i32x4.shl(x, 32 - n));
}

@inline
function xor3(x: v128, y: v128, z: v128): v128 {
  return v128.xor(v128.xor(x, y), z);
}

/** Four words of one lane, big-endian in memory. */
@inline
function words(p: usize): v128 {
  const x = v128.load(p);
  return i8x16.shuffle(x, x, 3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12);
}

/** Words 4q to 4q+3 of the four lanes, transposed into the schedule. */
@inline
function transpose(q: usize, p0: usize, p1: usize, p2: usize, p3: usize): void {
  const a = words(p0 + q * 16), b = words(p1 + q * 16), c = words(p2 + q * 16), d = words(p3 + q * 16);
  const ab0 = i32x4.shuffle(a, b, 0, 4, 1, 5), ab1 = i32x4.shuffle(a, b, 2, 6, 3, 7);
  const cd0 = i32x4.shuffle(c, d, 0, 4, 1, 5), cd1 = i32x4.shuffle(c, d, 2, 6, 3, 7);
  const w = W4 + q * 64;
  v128.store(w, i64x2.shuffle(ab0, cd0, 0, 2));
  v128.store(w, i64x2.shuffle(ab0, cd0, 1, 3), 16);
  v128.store(w, i64x2.shuffle(ab1, cd1, 0, 2), 32);
  v128.store(w, i64x2.shuffle(ab1, cd1, 1, 3), 48);
}

@inline
function scheduled4(w: usize): v128 {
  const x = v128.load(w, 1 * 16);
  const y = v128.load(w, 14 * 16);
  const s0 = xor3(rotr4(x, 7), rotr4(x, 18), i32x4.shr_u(x, 3));
  const s1 = xor3(rotr4(y, 17), rotr4(y, 19), i32x4.shr_u(y, 10));
  return i32x4.add(i32x4.add(v128.load(w), s0), i32x4.add(v128.load(w, 9 * 16), s1));
}

@inline
function t1(e: v128, f: v128, g: v128, h: v128, w: usize, k: usize): v128 {
  const s = xor3(rotr4(e, 6), rotr4(e, 11), rotr4(e, 25));
  return i32x4.add(i32x4.add(h, i32x4.add(v128.load(w), v128.load(k))), i32x4.add(s, v128.bitselect(f, g, e)));
}

@inline
function t2(a: v128, b: v128, c: v128): v128 {
  const s = xor3(rotr4(a, 2), rotr4(a, 13), rotr4(a, 22));
  return i32x4.add(s, v128.bitselect(c, b, v128.xor(a, b)));
}

/** Runs `blocks` blocks of 64 bytes of each of the four messages through the transposed state. */
export function compress4(state: usize, p0: usize, p1: usize, p2: usize, p3: usize, blocks: usize): void {
  if (!ready) {
    for (let i: usize = 0; i < 64; i++) v128.store(K4 + i * 16, i32x4.splat(load<u32>(K + i * 4)));
    ready = true;
  }
  let a = v128.load(state), b = v128.load(state, 16), c = v128.load(state, 32), d = v128.load(state, 48);
  let e = v128.load(state, 64), f = v128.load(state, 80), g = v128.load(state, 96), h = v128.load(state, 112);
  for (; blocks != 0; blocks--) {
    for (let q: usize = 0; q < 4; q++) transpose(q, p0, p1, p2, p3);
    for (let w = W4; w < W4 + 48 * 16; w += 16) v128.store(w, scheduled4(w), 256);
    for (let i: usize = 0; i < 64 * 16; i += 128) {
      const w = W4 + i, k = K4 + i;
      h = t1(e, f, g, h, w, k); d = i32x4.add(d, h); h = i32x4.add(h, t2(a, b, c));
      g = t1(d, e, f, g, w + 16, k + 16); c = i32x4.add(c, g); g = i32x4.add(g, t2(h, a, b));
      f = t1(c, d, e, f, w + 32, k + 32); b = i32x4.add(b, f); f = i32x4.add(f, t2(g, h, a));
      e = t1(b, c, d, e, w + 48, k + 48); a = i32x4.add(a, e); e = i32x4.add(e, t2(f, g, h));
      d = t1(a, b, c, d, w + 64, k + 64); h = i32x4.add(h, d); d = i32x4.add(d, t2(e, f, g));
      c = t1(h, a, b, c, w + 80, k + 80); g = i32x4.add(g, c); c = i32x4.add(c, t2(d, e, f));
      b = t1(g, h, a, b, w + 96, k + 96); f = i32x4.add(f, b); b = i32x4.add(b, t2(c, d, e));
      a = t1(f, g, h, a, w + 112, k + 112); e = i32x4.add(e, a); a = i32x4.add(a, t2(b, c, d));
    }
    a = i32x4.add(a, v128.load(state)); v128.store(state, a);
    b = i32x4.add(b, v128.load(state, 16)); v128.store(state, b, 16);
    c = i32x4.add(c, v128.load(state, 32)); v128.store(state, c, 32);
    d = i32x4.add(d, v128.load(state, 48)); v128.store(state, d, 48);
    e = i32x4.add(e, v128.load(state, 64)); v128.store(state, e, 64);
    f = i32x4.add(f, v128.load(state, 80)); v128.store(state, f, 80);
    g = i32x4.add(g, v128.load(state, 96)); v128.store(state, g, 96);
    h = i32x4.add(h, v128.load(state, 112)); v128.store(state, h, 112);
    p0 += 64; p1 += 64; p2 += 64; p3 += 64;
  }
}
