/** Characters of a command line that hide text from whoever reads it, whatever the shell. Attacker-controlled text. */

/** Controls but tab and newline; invisible and bidirectional characters; line and paragraph separators; lone surrogates, tags. */
const CONTROL =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb]|\p{Cs}|[\u{1bca0}-\u{1bca3}\u{1d173}-\u{1d17a}\u{e0000}-\u{e0fff}]/u;

/** Pictures may be followed by a variation selector and joined: these are seen. */
const EMOJI = /\p{Extended_Pictographic}\ufe0f?(?:\u200d\p{Extended_Pictographic}\ufe0f?)*/gu;

export const hidesText = (text: string): boolean => CONTROL.test(text) && CONTROL.test(text.replace(EMOJI, ''));

/** UTF-16 units, as the limit is about the work of reading. */
export const MAX_COMMAND = 10_000;
