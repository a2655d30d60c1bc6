/**
 * SHA-256 (FIPS 180-4), one message at a time, as a stream: begin, update with any pieces, end.
 * The message schedule lies in memory and the rounds are a loop of eight: as fast as the unrolled form, a fraction of its size.
 */

/** Round constants, section 4.2.2. */
export const K: usize = memory.data<u32>([
  0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
  0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
  0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
  0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
  0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
  0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
  0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
  0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
], 16);

/** Initial hash value, section 5.3.3. */
export const H0: usize = memory.data<u32>([
  0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
], 16);

const W: usize = memory.data(64 * 4, 16);
const STATE: usize = memory.data(32, 16);
/** The block being filled, and room for a second one when the padding needs it. */
const BLOCK: usize = memory.data(128, 16);
let held: usize = 0;
let total: u64 = 0;

@inline
export function swapBytes(x: u32): u32 {
  return (rotl<u32>(x, 8) & 0x00ff00ff) | (rotr<u32>(x, 8) & 0xff00ff00);
}

/** Word t of the schedule, t from 16 up, put at its place `w`. */
@inline
function scheduled(w: usize): u32 {
  const x = load<u32>(w - 15 * 4);
  const y = load<u32>(w - 2 * 4);
  const s0 = rotr<u32>(x, 7) ^ rotr<u32>(x, 18) ^ (x >> 3);
  const s1 = rotr<u32>(y, 17) ^ rotr<u32>(y, 19) ^ (y >> 10);
  const z = load<u32>(w - 16 * 4) + s0 + load<u32>(w - 7 * 4) + s1;
  store<u32>(w, z);
  return z;
}

/** T1 of section 6.2.2, step 3. */
@inline
function t1(e: u32, f: u32, g: u32, h: u32, w: u32, k: usize): u32 {
  return h + (rotr<u32>(e, 6) ^ rotr<u32>(e, 11) ^ rotr<u32>(e, 25)) + (g ^ (e & (f ^ g))) + w + load<u32>(k);
}

@inline
function t2(a: u32, b: u32, c: u32): u32 {
  return (rotr<u32>(a, 2) ^ rotr<u32>(a, 13) ^ rotr<u32>(a, 22)) + ((a & b) ^ (c & (a ^ b)));
}

function compress(state: usize, p: usize, blocks: usize): void {
  let a = load<u32>(state), b = load<u32>(state, 4), c = load<u32>(state, 8), d = load<u32>(state, 12);
  let e = load<u32>(state, 16), f = load<u32>(state, 20), g = load<u32>(state, 24), h = load<u32>(state, 28);
  for (; blocks != 0; blocks--, p += 64) {
    for (let i: usize = 0; i < 64; i += 4) store<u32>(W + i, swapBytes(load<u32>(p + i)));
    for (let i: usize = 0; i < 16 * 4; i += 32) {
      const w = W + i, k = K + i;
      h = t1(e, f, g, h, load<u32>(w), k); d += h; h += t2(a, b, c);
      g = t1(d, e, f, g, load<u32>(w + 4), k + 4); c += g; g += t2(h, a, b);
      f = t1(c, d, e, f, load<u32>(w + 8), k + 8); b += f; f += t2(g, h, a);
      e = t1(b, c, d, e, load<u32>(w + 12), k + 12); a += e; e += t2(f, g, h);
      d = t1(a, b, c, d, load<u32>(w + 16), k + 16); h += d; d += t2(e, f, g);
      c = t1(h, a, b, c, load<u32>(w + 20), k + 20); g += c; c += t2(d, e, f);
      b = t1(g, h, a, b, load<u32>(w + 24), k + 24); f += b; b += t2(c, d, e);
      a = t1(f, g, h, a, load<u32>(w + 28), k + 28); e += a; a += t2(b, c, d);
    }
    for (let i: usize = 16 * 4; i < 64 * 4; i += 32) {
      const w = W + i, k = K + i;
      h = t1(e, f, g, h, scheduled(w), k); d += h; h += t2(a, b, c);
      g = t1(d, e, f, g, scheduled(w + 4), k + 4); c += g; g += t2(h, a, b);
      f = t1(c, d, e, f, scheduled(w + 8), k + 8); b += f; f += t2(g, h, a);
      e = t1(b, c, d, e, scheduled(w + 12), k + 12); a += e; e += t2(f, g, h);
      d = t1(a, b, c, d, scheduled(w + 16), k + 16); h += d; d += t2(e, f, g);
      c = t1(h, a, b, c, scheduled(w + 20), k + 20); g += c; c += t2(d, e, f);
      b = t1(g, h, a, b, scheduled(w + 24), k + 24); f += b; b += t2(c, d, e);
      a = t1(f, g, h, a, scheduled(w + 28), k + 28); e += a; a += t2(b, c, d);
    }
    a += load<u32>(state); b += load<u32>(state, 4); c += load<u32>(state, 8); d += load<u32>(state, 12);
    e += load<u32>(state, 16); f += load<u32>(state, 20); g += load<u32>(state, 24); h += load<u32>(state, 28);
    store<u32>(state, a); store<u32>(state, b, 4); store<u32>(state, c, 8); store<u32>(state, d, 12);
    store<u32>(state, e, 16); store<u32>(state, f, 20); store<u32>(state, g, 24); store<u32>(state, h, 28);
  }
}

export function sha256Begin(): void {
  memory.copy(STATE, H0, 32);
  held = 0;
  total = 0;
}

export function sha256Update(p: usize, length: usize): void {
  total += <u64>length;
  while (length != 0) {
    if (held == 0 && length >= 64) {
      const blocks = length >> 6;
      compress(STATE, p, blocks);
      p += blocks << 6;
      length &= 63;
      continue;
    }
    const n = min<usize>(64 - held, length);
    memory.copy(BLOCK + held, p, n);
    held += n;
    p += n;
    length -= n;
    if (held == 64) {
      compress(STATE, BLOCK, 1);
      held = 0;
    }
  }
}

/** Writes the 32 bytes of the digest to `out`. */
export function sha256End(out: usize): void {
  const size: usize = held < 56 ? 64 : 128;
  store<u8>(BLOCK + held, 0x80);
  memory.fill(BLOCK + held + 1, 0, size - held - 1);
  const bits = total << 3;
  store<u32>(BLOCK + size - 8, swapBytes(<u32>(bits >> 32)));
  store<u32>(BLOCK + size - 4, swapBytes(<u32>bits));
  compress(STATE, BLOCK, size >> 6);
  for (let i: usize = 0; i < 32; i += 4) store<u32>(out + i, swapBytes(load<u32>(STATE + i)));
}
