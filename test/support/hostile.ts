/** Texts that do something to a terminal, or to who reads what one shows. Attack class A10. */
export const hostile: readonly (readonly [name: string, text: string])[] = [
  ['a line of ours', 'a\nFORGED: all is well'], ['a carriage return', 'a\rFORGED'], ['both', 'a\r\nFORGED'], ['a line separator', 'a\u2028FORGED'], ['a paragraph separator', 'a\u2029FORGED'], ['next line', 'a\u0085FORGED'], ['form feed', 'a\fb'], ['vertical tab', 'a\vb'],
  ['NUL', 'a\0b'], ['a colour', '\u001b[31mred\u001b[0m'], ['the colour of our own good news', '\u001b[32mverified\u001b[0m'], ['an emptied screen', '\u001b[2J\u001b[H'], ['a title', '\u001b]0;title\u0007'], ['a link', '\u001b]8;;https://example.org\u001b\\here\u001b]8;;\u001b\\'], ['the clipboard', '\u001b]52;c;cm0gLXJm\u0007'], ['an answer of the terminal', '\u001b[6n\u001bP$qm\u001b\\'],
  ['CSI in one character', '\u009b31mred'], ['OSC in one character', '\u009d0;title\u009c'], ['backspaces', 'abc\b\b\bxyz'], ['DEL', 'a\u007fb'], ['a bell', 'a\u0007b'],
  ['a bidi override', 'a\u202egnp.exe'], ['isolates', 'a\u2066b\u2069'], ['a mark of direction', 'a\u200fb\u061cc'], ['no width', 'a\u200bb\u200db\u2060c'], ['a byte order mark', 'a\ufeffb'], ['a soft hyphen', 'pass\u00adword'], ['a joiner of graphemes', 'a\u034fb'], ['a filler', 'a\u3164b\u115fc'], ['tags', `a${String.fromCodePoint(0xe0001, 0xe0041)}b`], ['selectors of variants', `a\ufe0f${String.fromCodePoint(0xe0100)}b`], ['half of a pair', 'a\ud800b'], ['an annotation', 'a\ufff9b\ufffac\ufffb'],
];

/** What may not stand in a text for people, line feeds aside. */
export const UNSHOWN = /(?!\n)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\u034f\u115f\u1160\u3164\uffa0\ufe00-\ufe0f\u{e0100}-\u{e01ef}]/u;
