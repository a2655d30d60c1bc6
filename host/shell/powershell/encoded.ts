/** `-EncodedCommand`: base64 of UTF-16LE. */

export function decodeCommand(text: string): string | null {
  const bare = text.replace(/=+$/, '');
  if (bare === '' || !/^[A-Za-z0-9+/]+$/.test(bare) || bare.length % 4 === 1) return null;
  const bytes = Uint8Array.from(atob(bare), (c) => c.charCodeAt(0));
  return bytes.length % 2 === 0 ? new TextDecoder('utf-16le').decode(bytes) : null;
}

/** Every way to say it: any beginning of the name, `-ec`, with a dash of any kind or a slash. */
export const ENCODED = /^[-/\u2013-\u2015]{1,2}(?:ec|e(?:n(?:c(?:o(?:d(?:e(?:d(?:c(?:o(?:m(?:m(?:a(?:n(?:d)?)?)?)?)?)?)?)?)?)?)?)?)?)$/i;
