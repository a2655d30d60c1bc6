/** What the tests use of picomatch, which ships no types. */
declare module 'picomatch' {
  export default function picomatch(glob: string | readonly string[], options?: { readonly dot?: boolean }): (path: string) => boolean;
}
