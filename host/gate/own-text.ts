/** The text by itself. A piece of a larger text keeps all of it in memory: one id of a request the whole request. */
export function ownText(text: string): string {
  return ` ${text}`.slice(1);
}
