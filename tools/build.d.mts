/** Types of build.mjs for the tests that call it. */
export function buildAll(): Promise<void>;
export function buildFresh(): Promise<readonly string[]>;
