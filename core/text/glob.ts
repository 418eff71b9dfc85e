/**
 * A path with `*` in its parts, `core*.l1`: each `*` stands for any characters of one part. Matched part by part and from left to
 * right, without going back, so that no pattern takes longer than the product of two lengths; a regular expression made of one can
 * take time exponential in its stars.
 */
export class PathPattern {
  private readonly parts: readonly (readonly string[])[];

  constructor(parts: readonly string[]) {
    this.parts = parts.map((part) => part.split('*'));
  }

  /** The whole path. */
  matches(path: string): boolean {
    const names = path.split('.');
    return names.length === this.parts.length && this.beginsWith(names);
  }

  /** The path itself, or one that it lies in. A pattern without parts contains everything. */
  contains(path: string): boolean {
    const names = path.split('.');
    return names.length >= this.parts.length && this.beginsWith(names);
  }

  private beginsWith(names: readonly string[]): boolean {
    return this.parts.every((pieces, i) => matchesPieces(names[i] as string, pieces));
  }
}

/** Whether a text is the pieces with anything between them. The first place where a piece fits leaves most to the others. */
function matchesPieces(text: string, pieces: readonly string[]): boolean {
  const first = pieces[0] as string;
  if (pieces.length === 1) return text === first;
  const last = pieces[pieces.length - 1] as string;
  const end = text.length - last.length;
  if (end < first.length || !text.startsWith(first) || !text.endsWith(last)) return false;
  let at = first.length;
  for (const piece of pieces.slice(1, -1)) {
    const found = text.indexOf(piece, at);
    if (found < 0 || found + piece.length > end) return false;
    at = found + piece.length;
  }
  return true;
}
