/** Canonical JSON from bytes to bytes. Names are out of order, so every object has to be sorted. */
import canonicalize from 'canonicalize';
import { core, decoder, encoder } from './core.mjs';

function item(i) {
  return {
    ts: '2026-01-01T00:00:00.000Z', name: `item ${i}`, amount: i * 3.25, ok: i % 3 === 0, tags: ['x', 'y', `é${i}`],
    nested: { z: i, a: 'text with "quotes" and\na line', m: null, deep: { k: [1, 2, 3], b: -i } }, body: 'some words of plain text, as most text is', agent: 'claude-code', id: `toolu_${i * 7919}`,
  };
}

function document(size) {
  const items = [];
  let text = '';
  for (let i = 0; text.length < size; i++) {
    items.push(item(i));
    text = items.length % 64 === 0 || size < 10_000 ? JSON.stringify({ zeta: items, alpha: 1 }) : text;
  }
  return encoder.encode(text);
}

function row(name, size, times) {
  const setUp = () => {
    const bytes = document(size);
    const plainly = () => encoder.encode(canonicalize(JSON.parse(decoder.decode(bytes))));
    const ours = core.canonicalize(bytes, 'jcs');
    if (!ours.ok || decoder.decode(ours.bytes) !== decoder.decode(plainly())) throw new Error('bug: two canonical forms');
    const repeat = (work) => () => {
      for (let i = 0; i < times; i++) work();
    };
    return { ours: repeat(() => core.canonicalize(bytes, 'jcs')), peer: repeat(plainly) };
  };
  return { name, peer: 'decode + parse + canonicalize + encode', floor: 6, goal: size < 10_000 ? 9 : 12, setUp };
}

export const canonicalRows = [row('canonical JSON, 1 KB', 800, 3000), row('canonical JSON, 1 MB', 1_000_000, 2)];
