/** Node, Bun, Deno: plays cases from a file and prints what is said of each. Words: the core's module, the cases. */
import { readFileSync } from 'node:fs';
import { instantiate } from '../../../core-wasm/core.ts';
import { judge } from '../../sigstore/judge.ts';
import { unpack, type Packed } from './packed.ts';

const [module = '', cases = ''] = process.argv.slice(2);
const core = instantiate(new WebAssembly.Module(readFileSync(module) as BufferSource));
const packed = JSON.parse(readFileSync(cases, 'utf8')) as readonly Packed[];
console.log(JSON.stringify(packed.map((one) => {
  const { artifact, ...rest } = unpack(one);
  return judge(core, rest, artifact);
})));
