/** Types of build.mjs for the tests that call it. */
export function buildAll(): Promise<void>;
export function buildFresh(): Promise<readonly string[]>;
/** The Sigstore library's cryptography, for other bundles that hold it. */
export declare const sigstoreCrypto: import('esbuild').Plugin;
