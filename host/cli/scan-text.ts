/** Bytes of a file as text to be looked at, and places in it as editors count them. */

export interface Place {
  /** All from 1; columns in UTF-16 units, as SARIF and editors count. */
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
  /** Of the value, in UTF-16 units. */
  readonly length: number;
}

const PROBE = 8192;

/** UTF-8 as it stands, UTF-16 with a byte order mark turned into it; null for what is no text: a NUL stands in its beginning. */
export function textOf(bytes: Uint8Array): Uint8Array | null {
  const mark = ((bytes[0] ?? 0) << 8) | (bytes[1] ?? 0);
  if (mark === 0xfffe) return new TextEncoder().encode(new TextDecoder('utf-16le').decode(bytes));
  if (mark === 0xfeff) return new TextEncoder().encode(new TextDecoder('utf-16le').decode(swapped(bytes)));
  return bytes.subarray(0, PROBE).includes(0) ? null : bytes;
}

/** Big-endian units turned round: not every host decodes those. */
function swapped(bytes: Uint8Array): Uint8Array {
  return bytes.subarray(0, bytes.length & ~1).map((_, i, all) => all[i ^ 1] ?? 0);
}

/** The places of spans that lie in order. */
export function placesOf(text: Uint8Array, spans: readonly { readonly label: string; readonly start: number; readonly end: number }[]): (Place & { readonly label: string })[] {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  const units = (from: number, to: number): number => decoder.decode(text.subarray(from, to)).length;
  let line = 1;
  let lineStart = 0;
  const moveTo = (place: number): void => {
    for (let lf = text.indexOf(10, lineStart); lf >= 0 && lf < place; lf = text.indexOf(10, lineStart)) {
      line++;
      lineStart = lf + 1;
    }
  };
  return spans.map(({ label, start, end }) => {
    moveTo(start);
    const first = { line, column: units(lineStart, start) + 1 };
    moveTo(end);
    return { label, ...first, endLine: line, endColumn: units(lineStart, end) + 1, length: units(start, end) };
  });
}
