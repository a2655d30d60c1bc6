/** Node, Bun, Deno: the module from a file, its path the first word. */
import { readFileSync } from 'node:fs';
import { report } from './report.ts';

const bytes = new Uint8Array(readFileSync(process.argv[2] ?? ''));
console.log(JSON.stringify(await report(bytes, new WebAssembly.Module(bytes))));
