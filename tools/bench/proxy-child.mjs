/**
 * A process between client and model, for the proxy rows: `ours <upstream> <home> <cwd> <milliseconds added to each fsync>`, or
 * `hono <upstream>`, a bare pass-through as Hono's own documentation writes it. Prints its address.
 */
import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { proxy } from 'hono/proxy';
import { createOps } from '../../host/runtime/node.ts';
import { startProxy } from '../../host/runtime/start.ts';

const [kind, upstream, occasioHome, cwd, added] = process.argv.slice(2);

if (kind === 'hono') {
  const app = new Hono();
  app.all('*', (c) => proxy(upstream + new URL(c.req.url).pathname + new URL(c.req.url).search, { ...c.req, headers: { ...c.req.header(), host: undefined } }));
  serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, ({ port }) => console.log(`http://127.0.0.1:${port}`));
} else {
  const running = await startProxy({ occasioHome, upstream, preset: 'balanced', cwd, port: 0, notice: (line) => console.error(line), ops: slowed(createOps(), Number(added)) });
  console.log(running.url);
}

/** The same world with a slower disk. */
function slowed(ops, milliseconds) {
  if (milliseconds === 0) return ops;
  const createAppend = async (path) => {
    const file = await ops.files.createAppend(path);
    return {
      write: (bytes) => file.write(bytes),
      close: () => file.close(),
      async sync() {
        await file.sync();
        await new Promise((resolve) => setTimeout(resolve, milliseconds));
      },
    };
  };
  return { ...ops, files: { ...ops.files, createAppend } };
}
