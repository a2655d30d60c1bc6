/** What the runtime says of a request besides the request itself, and how it gives the body: with a bound, never as a stream. */
export interface Arrival {
  /** Why nothing may be done for it now: too much is under way. Null: it may go on. */
  readonly busy: string | null;
  /** The whole body; `too-large` beyond the limit, `busy` when too much is held already, another error when the client leaves. */
  body(limit: number): Promise<Uint8Array>;
}
