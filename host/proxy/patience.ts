/** How long an upstream may be silent, in milliseconds. Its pace is attacker-controlled. */

export interface Patience {
  /** While a call is held the client hears a ping this often; it gives up after five silent minutes. */
  readonly ping: number;
  /** Between two pieces of an answer. The API sends a ping of its own far more often. */
  readonly silent: number;
  /** Before the headers of an answer: one that is no stream may take ten minutes. */
  readonly answer: number;
}

export const PATIENCE: Patience = { ping: 10_000, silent: 300_000, answer: 900_000 };

export const LATE = Symbol('late');

/** What comes, or LATE. Whoever gets LATE ends what it waited for. */
export async function within<T>(what: Promise<T>, milliseconds: number): Promise<T | typeof LATE> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<typeof LATE>((resolve) => {
    timer = setTimeout(() => resolve(LATE), milliseconds);
  });
  try {
    return await Promise.race([what, late]);
  } finally {
    clearTimeout(timer);
  }
}
