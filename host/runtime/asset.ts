/**
 * Where the binary parts lie: beside the bundle once built, in `dist` when the sources run as they stand.
 */
import { existsSync, readFileSync } from 'node:fs';
import { OccasioError } from '../../verifiers/formats/error.ts';

const PLACES = ['./', '../../dist/'] as const;

/** Where a file that ships with us lies. */
export function placeOf(name: string): URL {
  const place = PLACES.map((p) => new URL(p + name, import.meta.url)).find((url) => existsSync(url));
  return place ?? missing(name);
}

/** The bytes of a file that ships with us. */
export function readAsset(name: string): Uint8Array {
  for (const place of PLACES) {
    try {
      return readFileSync(new URL(place + name, import.meta.url));
    } catch (e) {
      if ((e as { code?: string }).code !== 'ENOENT') throw e;
    }
  }
  return missing(name);
}

function missing(name: string): never {
  throw new OccasioError({
    code: 'not-found',
    cannot: 'load',
    thing: name,
    found: 'not beside the program',
    want: 'a complete installation',
    next: 'Run `npm run build` in a checkout, or install the package again.',
  });
}
