/** workerd: it compiles modules itself, before any code runs, and gives no code leave to. The bytes are there once more as data, for their hash. */
// @ts-expect-error: a module that the configuration of workerd names, a WebAssembly.Module
import module from './core.wasm';
// @ts-expect-error: likewise, an ArrayBuffer
import bytes from './core.bytes';
import { report } from './report.ts';

export default {
  async fetch(): Promise<Response> {
    return Response.json(await report(bytes as ArrayBuffer, module as WebAssembly.Module));
  },
};
