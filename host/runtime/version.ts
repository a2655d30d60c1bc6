/** Version and repository of this package, from package.json: the build writes them in, a checkout reads the file. */
import { createRequire } from 'node:module';

declare const OCCASIO_VERSION: string | undefined;
declare const OCCASIO_REPOSITORY: string | undefined;

interface Package {
  readonly version: string;
  readonly repository: { readonly url: string };
}

function ofCheckout(): Package {
  return createRequire(import.meta.url)('../../package.json') as Package;
}

export const version: string = typeof OCCASIO_VERSION === 'string' ? OCCASIO_VERSION : ofCheckout().version;

/** As a browser opens it. */
export const repository: string = (typeof OCCASIO_REPOSITORY === 'string' ? OCCASIO_REPOSITORY : ofCheckout().repository.url).replace(/^git\+/, '').replace(/\.git$/, '');
