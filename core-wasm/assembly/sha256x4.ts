/**
 * SHA-256 of four messages at once, one in each 32-bit lane of a v128. The state is transposed: eight v128, the i-th
 * holding word i of the four lanes. Messages are padded by the caller; `compress4` takes whole blocks only.
 */
import { H0, K, swapBytes } from './sha256';

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

/** Word t of the schedule, t from 16 up, put at its place `w`. */
@inline
function scheduled4(w: usize): v128 {
  const x = v128.load(w - 15 * 16);
  const y = v128.load(w - 2 * 16);
  const s0 = xor3(rotr4(x, 7), rotr4(x, 18), i32x4.shr_u(x, 3));
  const s1 = xor3(rotr4(y, 17), rotr4(y, 19), i32x4.shr_u(y, 10));
  const z = i32x4.add(i32x4.add(v128.load(w - 16 * 16), s0), i32x4.add(v128.load(w - 7 * 16), s1));
  v128.store(w, z);
  return z;
}

@inline
function t1(e: v128, f: v128, g: v128, h: v128, w: v128, k: usize): v128 {
  const s = xor3(rotr4(e, 6), rotr4(e, 11), rotr4(e, 25));
  const ch = v128.xor(g, v128.and(e, v128.xor(f, g)));
  return i32x4.add(i32x4.add(h, i32x4.add(w, v128.load(k))), i32x4.add(s, ch));
}

/** `ab` is a xor b, `bc` is b xor c: what one round has as the one, the next has as the other. */
@inline
function t2(a: v128, b: v128, ab: v128, bc: v128): v128 {
  const s = xor3(rotr4(a, 2), rotr4(a, 13), rotr4(a, 22));
  return i32x4.add(s, v128.xor(b, v128.and(ab, bc)));
}

/** Puts the initial hash value into one lane of a state. */
export function startLane(state: usize, lane: usize): void {
  for (let i: usize = 0; i < 8; i++) store<u32>(state + i * 16 + lane * 4, load<u32>(H0 + i * 4));
}

/** Writes the 32 bytes of one lane of a state. */
export function digestOf(state: usize, lane: usize, out: usize): void {
  for (let i: usize = 0; i < 8; i++) store<u32>(out + i * 4, swapBytes(load<u32>(state + i * 16 + lane * 4)));
}

/** Runs `blocks` blocks of 64 bytes of each of the four messages through the transposed state. */
export function compress4(state: usize, p0: usize, p1: usize, p2: usize, p3: usize, blocks: usize): void {
  if (!ready) {
    for (let i: usize = 0; i < 64; i++) v128.store(K4 + i * 16, i32x4.splat(load<u32>(K + i * 4)));
    ready = true;
  }
  let a = v128.load(state), b = v128.load(state, 16), c = v128.load(state, 32), d = v128.load(state, 48);
  let e = v128.load(state, 64), f = v128.load(state, 80), g = v128.load(state, 96), h = v128.load(state, 112);
  let x = i64x2.splat(0), y = x;
  for (; blocks != 0; blocks--) {
    for (let q: usize = 0; q < 4; q++) transpose(q, p0, p1, p2, p3);
    y = v128.xor(b, c);
    for (let i: usize = 0; i < 16 * 16; i += 128) {
      const w = W4 + i, k = K4 + i;
      h = t1(e, f, g, h, v128.load(w), k); d = i32x4.add(d, h); x = v128.xor(a, b); h = i32x4.add(h, t2(a, b, x, y));
      g = t1(d, e, f, g, v128.load(w + 16), k + 16); c = i32x4.add(c, g); y = v128.xor(h, a); g = i32x4.add(g, t2(h, a, y, x));
      f = t1(c, d, e, f, v128.load(w + 32), k + 32); b = i32x4.add(b, f); x = v128.xor(g, h); f = i32x4.add(f, t2(g, h, x, y));
      e = t1(b, c, d, e, v128.load(w + 48), k + 48); a = i32x4.add(a, e); y = v128.xor(f, g); e = i32x4.add(e, t2(f, g, y, x));
      d = t1(a, b, c, d, v128.load(w + 64), k + 64); h = i32x4.add(h, d); x = v128.xor(e, f); d = i32x4.add(d, t2(e, f, x, y));
      c = t1(h, a, b, c, v128.load(w + 80), k + 80); g = i32x4.add(g, c); y = v128.xor(d, e); c = i32x4.add(c, t2(d, e, y, x));
      b = t1(g, h, a, b, v128.load(w + 96), k + 96); f = i32x4.add(f, b); x = v128.xor(c, d); b = i32x4.add(b, t2(c, d, x, y));
      a = t1(f, g, h, a, v128.load(w + 112), k + 112); e = i32x4.add(e, a); y = v128.xor(b, c); a = i32x4.add(a, t2(b, c, y, x));
    }
    for (let i: usize = 16 * 16; i < 64 * 16; i += 128) {
      const w = W4 + i, k = K4 + i;
      h = t1(e, f, g, h, scheduled4(w), k); d = i32x4.add(d, h); x = v128.xor(a, b); h = i32x4.add(h, t2(a, b, x, y));
      g = t1(d, e, f, g, scheduled4(w + 16), k + 16); c = i32x4.add(c, g); y = v128.xor(h, a); g = i32x4.add(g, t2(h, a, y, x));
      f = t1(c, d, e, f, scheduled4(w + 32), k + 32); b = i32x4.add(b, f); x = v128.xor(g, h); f = i32x4.add(f, t2(g, h, x, y));
      e = t1(b, c, d, e, scheduled4(w + 48), k + 48); a = i32x4.add(a, e); y = v128.xor(f, g); e = i32x4.add(e, t2(f, g, y, x));
      d = t1(a, b, c, d, scheduled4(w + 64), k + 64); h = i32x4.add(h, d); x = v128.xor(e, f); d = i32x4.add(d, t2(e, f, x, y));
      c = t1(h, a, b, c, scheduled4(w + 80), k + 80); g = i32x4.add(g, c); y = v128.xor(d, e); c = i32x4.add(c, t2(d, e, y, x));
      b = t1(g, h, a, b, scheduled4(w + 96), k + 96); f = i32x4.add(f, b); x = v128.xor(c, d); b = i32x4.add(b, t2(c, d, x, y));
      a = t1(f, g, h, a, scheduled4(w + 112), k + 112); e = i32x4.add(e, a); y = v128.xor(b, c); a = i32x4.add(a, t2(b, c, y, x));
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
