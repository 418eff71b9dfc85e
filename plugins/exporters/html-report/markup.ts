import { visibleText } from 'tessera-sim';

/** Text that is HTML already. Only the `html` tag makes it, so that everything else is escaped. */
export class Markup {
  constructor(readonly text: string) {}
}

type Piece = Markup | string | number | undefined | readonly (Markup | string | number | undefined)[];

/** A template of HTML: interpolated text is escaped, markup and lists of markup are inserted as they are. */
export function html(strings: TemplateStringsArray, ...pieces: readonly Piece[]): Markup {
  return new Markup(strings.map((text, i) => text + (i < pieces.length ? pieceText(pieces[i]) : '')).join(''));
}

/** Nothing at all. */
export const NOTHING = new Markup('');

function pieceText(piece: Piece): string {
  if (piece === undefined) return '';
  if (piece instanceof Markup) return piece.text;
  if (typeof piece === 'object') return piece.map((entry) => pieceText(entry)).join('');
  return escapeHtml(String(piece));
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** For text and for quoted attributes. Nothing in a name may turn round the text beside it. */
export function escapeHtml(text: string): string {
  return visibleText(text).replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}

/**
 * JSON for inside a `<script>` element: no `<` can end the element or open a comment, and U+2028/9 are escaped for readers
 * that take the text as JavaScript.
 */
export function scriptJson(value: unknown): Markup {
  const json = JSON.stringify(value).replaceAll('<', '\\u003c').replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029');
  return new Markup(json);
}

/** JavaScript for inside a `<script>` element. */
export function scriptCode(code: string): Markup {
  return new Markup(code.replaceAll(/<\/(script)/gi, '<\\/$1').replaceAll('<!--', '<\\!--'));
}
