/**
 * Finds a text in anything that an upstream received: the request line and head, the body's bytes, every decoded string
 * and name of its JSON (an escape hides nothing), and base64 in any of its three alignments.
 */
import type { SeenRequest } from './upstream.ts';

export interface Leak {
  readonly request: number;
  readonly line: string;
  readonly where: string;
}

/** Every string and member name of a JSON value, with its path. */
export function* strings(value: unknown, path: string): Generator<readonly [string, string]> {
  if (typeof value === 'string') yield [path, value];
  else if (typeof value === 'object' && value !== null) {
    for (const [name, inner] of Object.entries(value)) {
      yield [`${path} (name)`, name];
      yield* strings(inner, Array.isArray(value) ? `${path}[${name}]` : `${path}.${name}`);
    }
  }
}

/** The base64 characters that do not depend on the bytes around the text, for each alignment. */
function base64Cores(line: string): string[] {
  const bytes = Buffer.from(line);
  return [0, 1, 2].map((shift) => {
    const text = Buffer.concat([Buffer.alloc(shift), bytes]).toString('base64').replace(/=+$/, '');
    const head = shift === 0 ? 0 : shift + 1;
    return text.slice(head, text.length - ((shift + bytes.length) % 3 === 0 ? 0 : 1));
  });
}

export function findLeaks(requests: readonly SeenRequest[], lines: readonly string[]): readonly Leak[] {
  const out: Leak[] = [];
  requests.forEach((seen, request) => {
    const places: (readonly [string, string])[] = [
      ['url', `${seen.method} ${seen.url}`],
      ...seen.headers.map(([name, value]) => [`header ${name}`, value] as const),
      ['body', new TextDecoder().decode(seen.raw)],
      ...strings(seen.body, 'body'),
    ];
    for (const line of lines) {
      const forms = [line, ...(line.length >= 6 ? base64Cores(line) : [])];
      for (const [where, text] of places) if (forms.some((form) => text.includes(form))) out.push({ request, line, where });
    }
  });
  return out;
}
