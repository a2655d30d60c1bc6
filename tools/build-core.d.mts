/** Types of build-core.mjs for the tests that call it. */
export function buildCore(target?: string): Promise<{ readonly bytes: number; readonly gzip: number; readonly sha256: string }>;
