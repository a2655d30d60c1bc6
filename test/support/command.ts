/**
 * How tests start programs: on this Node, or on the runtime that OCCASIO_TEST_RUNTIME names (a JSON list: its program and the
 * words before a file). So the same cases run on every runtime.
 */
import { fileURLToPath } from 'node:url';

const given = process.env['OCCASIO_TEST_RUNTIME'];

export const elsewhere = given !== undefined;
export const runtime: readonly [string, ...string[]] = given === undefined ? [process.execPath] : (JSON.parse(given) as [string, ...string[]]);

/** The program as built. */
export const bundle = fileURLToPath(new URL('../../dist/occasio.js', import.meta.url));
