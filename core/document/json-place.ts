const [QUOTE, BACKSLASH, COMMA, COLON] = [0x22, 0x5c, 0x2c, 0x3a];
const [OPEN_LIST, CLOSE_LIST, OPEN_MAPPING, CLOSE_MAPPING] = [0x5b, 0x5d, 0x7b, 0x7d];
const BLANKS: ReadonlySet<number> = new Set([0x20, 0x09, 0x0a, 0x0d]);

/** Line and column, from 1, of an offset in a text. */
export function placeOfIndex(text: string, index: number): { readonly line: number; readonly column: number } {
  let line = 1;
  let start = 0;
  for (let end = text.indexOf('\n'); end >= 0 && end < index; end = text.indexOf('\n', start)) {
    line++;
    start = end + 1;
  }
  return { line, column: index - start + 1 };
}

/** The closing quote of the text in JSON that opens at `from`; the end of the document where there is none. */
export function endOfText(json: string, from: number): number {
  for (let i = json.indexOf('"', from + 1); ; i = json.indexOf('"', i + 1)) {
    if (i < 0) return json.length;
    let slashes = 0;
    while (json.charCodeAt(i - 1 - slashes) === BACKSLASH) slashes++;
    if (slashes % 2 === 0) return i;
  }
}

/** Where the nesting goes beyond `most` levels; -1 where it does not. Text in quotes does not count. */
export function firstBeyondDepth(json: string, most: number): number {
  let depth = 0;
  for (let i = 0; i < json.length; i++) {
    const code = json.charCodeAt(i);
    if (code === QUOTE) i = endOfText(json, i);
    else if (code === OPEN_LIST || code === OPEN_MAPPING) {
      if (++depth > most) return i;
    } else if (code === CLOSE_LIST || code === CLOSE_MAPPING) depth--;
  }
  return -1;
}

/** Every key of a valid document with the offset of its opening quote. */
export function* keysOf(json: string): Generator<readonly [name: string, index: number]> {
  for (let from = json.indexOf('"'); from >= 0;) {
    const end = endOfText(json, from);
    const next = skipBlanks(json, end + 1);
    if (json.charCodeAt(next) === COLON) yield [JSON.parse(json.slice(from, end + 1)) as string, from];
    from = json.indexOf('"', next);
  }
}

/** The offset of the deepest value on the way along a dotted path, in a valid document. Keys may have dots: the longest that fits is meant. */
export function indexOfPath(json: string, path: string): number {
  let at = skipBlanks(json, 0);
  for (let rest = path; rest !== '';) {
    const found = json.charCodeAt(at) === OPEN_MAPPING ? inMapping(json, at, rest) : json.charCodeAt(at) === OPEN_LIST ? inList(json, at, rest) : undefined;
    if (found === undefined) return at;
    at = found.at;
    rest = rest.slice(found.length + 1);
  }
  return at;
}

/** A value inside another, and how much of the path has led to it. */
interface Step {
  readonly at: number;
  readonly length: number;
}

function inMapping(json: string, from: number, path: string): Step | undefined {
  let best: Step | undefined;
  for (let i = skipBlanks(json, from + 1); json.charCodeAt(i) === QUOTE;) {
    const end = endOfText(json, i);
    const name = JSON.parse(json.slice(i, end + 1)) as string;
    const at = skipBlanks(json, skipBlanks(json, end + 1) + 1);
    if (name.length > (best?.length ?? -1) && (path === name || path.startsWith(`${name}.`))) best = { at, length: name.length };
    i = afterValue(json, at);
  }
  return best;
}

function inList(json: string, from: number, path: string): Step | undefined {
  const name = path.split('.', 1)[0] as string;
  const wanted = Number(name);
  let at = skipBlanks(json, from + 1);
  for (let index = 0; at < json.length && json.charCodeAt(at) !== CLOSE_LIST; index++) {
    if (index === wanted) return { at, length: name.length };
    at = afterValue(json, at);
  }
  return undefined;
}

/** The next item or key behind the value that begins at `from`, or the bracket that ends its list or mapping. */
function afterValue(json: string, from: number): number {
  let depth = 0;
  for (let i = from; i < json.length; i++) {
    const code = json.charCodeAt(i);
    if (code === QUOTE) i = endOfText(json, i);
    else if (code === OPEN_LIST || code === OPEN_MAPPING) depth++;
    else if (code === CLOSE_LIST || code === CLOSE_MAPPING) {
      if (depth-- === 0) return i;
    } else if (code === COMMA && depth === 0) return skipBlanks(json, i + 1);
  }
  return json.length;
}

function skipBlanks(json: string, from: number): number {
  let i = from;
  while (BLANKS.has(json.charCodeAt(i))) i++;
  return i;
}
