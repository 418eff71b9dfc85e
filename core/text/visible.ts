/**
 * Characters that a terminal takes as commands or that change the order of what is read: C0 but tab and line end, DEL, C1,
 * line and paragraph separators, marks, embeddings, overrides and isolates of bidirectional text.
 */
// eslint-disable-next-line no-control-regex
const HIDDEN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;
const LINE_ENDS = /[\n\t]/g;

/** The text with every control character written out, `\u001b`; tabs and line ends stay. In JSON the text means the same as before. */
export function visibleText(text: string): string {
  return text.replace(HIDDEN, escaped);
}

/** As `visibleText`, on one line: what a name or a message puts into a sentence or a cell. */
export function visibleLine(text: string): string {
  return visibleText(text).replace(LINE_ENDS, (character) => (character === '\n' ? '\\n' : '\\t'));
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
