import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { instantiate, type Core } from '../../core-wasm/core.ts';
import { coreModule, loadCore } from '../support/core.ts';
import { chained } from './chain-oracle.ts';
import { oracle } from './json-oracle.ts';
import { bytesOf } from './random.ts';
import { sequence } from './scan-oracle.ts';

const PAGE = 65_536;

describe('memory', () => {
  it('inputs_that_end_at_the_very_end_of_memory_are_read_and_nothing_beyond', () => {
    const { exports } = new WebAssembly.Instance(coreModule, { host: { printNumber: () => -1 } });
    const base = (exports['openInput'] as (length: number) => number)(0);
    for (const page of [4, 5, 8, 20]) {
      // The slack behind the input ends with the page at distance 0, and memory with it.
      for (let distance = -70; distance <= 70; distance++) {
        const n = page * PAGE - base - 64 + distance;
        const core = instantiate(coreModule);
        const text = new Uint8Array(n).fill(0x61);
        expect(Buffer.from(core.sha256(text)).toString('hex')).toBe(createHash('sha256').update(text).digest('hex'));
        text[0] = 0x22;
        expect(core.canonicalize(text, 'jcs')).toEqual({ ok: false, fault: { code: 'syntax', offset: n } });
        text[n - 1] = 0xe2;
        expect(core.canonicalize(text, 'jcs')).toEqual({ ok: false, fault: { code: 'utf8', offset: n - 1 } });
        text[n - 1] = 0x22;
        const whole = core.canonicalize(text, 'jcs');
        expect([n, whole.ok && Buffer.compare(whole.bytes, text)]).toEqual([n, 0]);
      }
    }
  });

  it('what_an_earlier_input_left_behind_is_not_read', () => {
    const core = loadCore();
    const long = bytesOf(`["${'x'.repeat(5000)}"]`);
    for (let n = 0; n < 300; n++) {
      core.canonicalize(long, 'jcs');
      const cut = long.subarray(0, n);
      expect(core.canonicalize(cut, 'jcs')).toEqual(oracle(cut, 'jcs'));
    }
  });

  it('memory_that_grows_under_a_call_does_not_lose_its_answer', () => {
    for (const n of [1, 1000, 100_000]) {
      const core = instantiate(coreModule);
      const text = bytesOf(`{"b":[${Array(n).fill('1e20').join(',')}],"a":"${'x'.repeat(n)}"}`);
      const ours = core.canonicalize(text, 'jcs'), theirs = oracle(text, 'jcs');
      expect(ours.ok && theirs.ok && Buffer.compare(ours.bytes, theirs.bytes)).toBe(0);
    }
  });

  it('answers_are_copies', () => {
    const core = loadCore();
    const first = core.canonicalize(bytesOf('[1]'), 'jcs');
    core.canonicalize(bytesOf('[2]'), 'jcs');
    expect(first).toEqual({ ok: true, bytes: bytesOf('[1]') });
  });

  it('a_view_into_a_larger_buffer_is_read_as_it_is', () => {
    const whole = bytesOf('xx[1]yy');
    expect(loadCore().canonicalize(whole.subarray(2, 5), 'jcs')).toEqual({ ok: true, bytes: bytesOf('[1]') });
  });
});

/** Calls `work` at every depth of the stack near its end, where it runs out inside the core or on the way there; gives how often it threw. */
function nearTheEnd(work: () => void): number {
  let thrown = 0, frames = 0;
  const descend = (): void => {
    try {
      descend();
    } catch (e) {
      if (!(e instanceof RangeError)) throw e;
    }
    if (frames++ > 2000) return;
    try {
      work();
    } catch (e) {
      if (!(e instanceof Error)) throw e;
      thrown++;
    }
  };
  descend();
  return thrown;
}

describe('a trap', () => {
  const deep = bytesOf('[{"":'.repeat(128) + '1' + '}]'.repeat(128));

  it('in_the_middle_of_a_call_does_not_spoil_the_next', () => {
    const core = loadCore();
    expect(nearTheEnd(() => void core.canonicalize(deep, 'jcs'))).toBeGreaterThan(0);
    expect(core.canonicalize(deep, 'jcs')).toEqual({ ok: true, bytes: deep });
    expect(core.sha256(deep)).toEqual(new Uint8Array(createHash('sha256').update(deep).digest()));
  });

  it('of_one_call_leaves_glob_sets_and_scanners_as_they_were', () => {
    const core: Core = loadCore();
    const set = core.globs(['a/**']);
    const scanner = core.scanner([{ keywords: ['x'], fold: false, automaton: sequence(['x1']), wordBefore: false, wordAfter: false }]);
    const broken = core.scanner([{ keywords: [''], fold: false, automaton: sequence(['x1']), wordBefore: false, wordAfter: false }]);
    for (let i = 0; i < 3; i++) {
      expect('match' in set && set.match('a/b')).toEqual([0]);
      expect(scanner.scan(bytesOf('x1'))).toHaveLength(1);
      expect(() => broken.scan(bytesOf('x'))).toThrow(/bug: the core trapped/);
      expect(core.canonicalize(bytesOf('1'), 'jcs').ok).toBe(true);
    }
  });

  it('or_a_throw_in_a_chain_walk_ends_that_walk_and_no_other', () => {
    const core = loadCore();
    const good = bytesOf(`${chained(['{}'])[0] ?? ''}\n`);
    const broken = core.chain(), fine = core.chain();
    class Torn extends Uint8Array {
      override subarray(): never {
        throw new Error('torn');
      }
    }
    broken.write(good);
    expect(() => broken.write(new Torn(5))).toThrow('torn');
    expect(() => broken.write(good)).toThrow(/bug:/);
    expect(() => broken.end()).toThrow(/bug:/);
    for (const walk of [fine, core.chain(), core.chain()]) {
      walk.write(good);
      expect(walk.end()).toMatchObject({ rows: 1, departuresTotal: 0 });
    }
  });
});

describe('the module', () => {
  it('imports_nothing_but_the_number_printer', () => {
    expect(WebAssembly.Module.imports(coreModule)).toEqual([{ module: 'host', name: 'printNumber', kind: 'function' }]);
  });
});
