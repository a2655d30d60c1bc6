/** The law of the house: who may import whom. A room is a path prefix; the longest that fits a file is its room. */

export interface Room {
  readonly room: string;
  /** Rooms it may import besides itself. */
  readonly rooms: readonly string[];
  /** Rooms whose types alone it may name. */
  readonly types?: readonly string[];
  /** Outside packages, and `node:` as a whole. */
  readonly packages?: readonly string[];
}

const formats = ['verifiers/formats', 'core-wasm/core.ts'];

export const rooms: readonly Room[] = [
  { room: 'core-wasm/assembly', rooms: [] },
  { room: 'core-wasm/api.ts', rooms: [] },
  { room: 'core-wasm/kernel.ts', rooms: [] },
  { room: 'core-wasm/core.ts', rooms: ['core-wasm/kernel.ts'], types: ['core-wasm/api.ts'] },
  { room: 'verifiers/formats', rooms: ['core-wasm/core.ts'], packages: ['@noble/curves'] },
  { room: 'verifiers/legacy', rooms: formats },
  { room: 'verifiers/derive', rooms: formats },
  { room: 'verifiers/keys.ts', rooms: formats, packages: ['@noble/curves'] },
  { room: 'verifiers/verify.ts', rooms: [...formats, 'verifiers/derive', 'verifiers/sigstore'], packages: ['@noble/curves', 'hash-wasm'] },
  { room: 'verifiers/verify', rooms: [...formats, 'verifiers/keys.ts', 'verifiers/derive', 'verifiers/verify.ts'], types: ['verifiers/sigstore'] },
  { room: 'verifiers/sigstore', rooms: [...formats, 'verifiers/derive'], packages: ['@sigstore/verify', '@sigstore/bundle', '@sigstore/core', '@sigstore/protobuf-specs', '@noble/curves'] },
  { room: 'verifiers/sigstore/node.ts', rooms: [], packages: ['node:'] },
  { room: 'verifiers/edge', rooms: ['verifiers/verify.ts'], packages: ['hono'] },
  { room: 'verifiers/deno', rooms: ['verifiers/verify.ts'] },
  { room: 'host/ops.ts', rooms: ['verifiers/formats'] },
  { room: 'host/cost', rooms: ['verifiers/formats'] },
  { room: 'host/policy', rooms: formats, packages: ['yaml', 'refa', '@eslint-community/regexpp'] },
  { room: 'host/shell', rooms: formats, types: ['host/policy'], packages: ['web-tree-sitter'] },
  { room: 'host/wire', rooms: ['verifiers/formats'], types: ['host/policy'] },
  { room: 'host/tools', rooms: [...formats, 'host/ops.ts', 'host/shell'], types: ['host/policy'] },
  { room: 'host/ledger', rooms: [...formats, 'host/ops.ts'] },
  { room: 'host/gate', rooms: [...formats, 'host/policy', 'host/shell', 'host/cost', 'host/ledger', 'host/ops.ts'] },
  { room: 'host/proxy', rooms: [...formats, 'host/gate', 'host/wire', 'host/tools', 'host/cost', 'host/ops.ts'], types: ['host/policy', 'host/ledger'], packages: ['hono'] },
  { room: 'host/hook', rooms: ['verifiers/formats', 'host/gate', 'host/tools', 'host/ops.ts'] },
  { room: 'host/mcp', rooms: ['verifiers/formats', 'host/gate', 'host/tools', 'host/ops.ts'] },
  { room: 'host/watch', rooms: [...formats, 'host/policy', 'host/ops.ts'] },
  { room: 'host/attest', rooms: [...formats, 'host/ledger', 'host/watch', 'verifiers/derive', 'host/ops.ts'] },
  { room: 'host/attest/sigstore', rooms: [...formats, 'verifiers/sigstore'], packages: ['@sigstore/sign', '@sigstore/bundle', 'tuf-js'] },
  {
    room: 'host/runtime',
    rooms: [...formats, 'verifiers/verify.ts', 'verifiers/keys.ts', 'host/ops.ts', 'host/cost', 'host/policy', 'host/shell', 'host/wire', 'host/tools', 'host/ledger', 'host/gate', 'host/proxy', 'host/hook', 'host/mcp', 'host/watch', 'host/attest'],
    packages: ['node:', '@hono/node-server'],
  },
  { room: 'host/demo', rooms: [...formats, 'host/ops.ts'] },
  { room: 'host/cli', rooms: ['core-wasm/core.ts', 'verifiers', 'host'], packages: ['node:'] },
];

/** An outside package has one home. */
export const homes: { readonly [name: string]: readonly string[] } = {
  yaml: ['host/policy/'],
  refa: ['host/policy/'],
  '@eslint-community/regexpp': ['host/policy/'],
  'web-tree-sitter': ['host/shell/'],
  hono: ['host/proxy/', 'verifiers/edge/'],
  '@hono/node-server': ['host/runtime/'],
  '@noble/curves': ['verifiers/formats/ed25519.ts', 'verifiers/keys.ts', 'verifiers/sigstore/keys.ts'],
  '@sigstore/verify': ['verifiers/sigstore/'],
  '@sigstore/bundle': ['verifiers/sigstore/', 'host/attest/sigstore/'],
  '@sigstore/sign': ['host/attest/sigstore/'],
  'tuf-js': ['host/attest/sigstore/'],
  '@sigstore/core': ['verifiers/sigstore/'],
  '@sigstore/protobuf-specs': ['verifiers/sigstore/'],
};

/** Where names of a runtime may stand: `node:` modules, process, Buffer, Bun, Deno. */
export const runtimePlaces: readonly RegExp[] = [
  /^host\/(runtime|cli)\//,
  /^verifiers\/deno\//,
  /^verifiers\/edge\/(node|bun|deno|workerd)\.ts$/,
  /^verifiers\/sigstore\/node\.ts$/,
  /^(tools|test)\//,
];

/** Files longer than the law allows, each with its reason. Empty is best. */
export const longFiles: { readonly [path: string]: string } = {};
/** Functions longer than the law allows, as `path#name`, each with its reason. */
export const longFunctions: { readonly [place: string]: string } = {};
