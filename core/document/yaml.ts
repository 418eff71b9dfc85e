import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument, type Alias, type Document, type Node, type Scalar } from 'yaml';
import { InputError, type InputProblem, type SourcePlace } from '../errors.js';
import { LIMITS } from '../limits.js';
import { bareTable, isInheritedName, NAME_EXPECTED } from '../text/names.js';
import { describeValue } from './schema-text.js';
import { Places } from './places.js';
import { aliasTargets, TooManyValues } from './yaml-aliases.js';

/** A parsed file whose values know where they stand. */
export interface LocatedDocument {
  readonly file: string;
  readonly value: unknown;
}

export interface ParseLimits {
  /** Values in all, those counted again that aliases repeat. A description is written by a person or a small script. */
  readonly values?: number;
  /** Other tools' files: a key that is there twice is told, and the later one counts, as their parsers do it. Default: an error. */
  readonly onRepeatedKey?: (path: string, place: SourcePlace) => void;
}

/**
 * Parses YAML 1.2 (of which JSON is a part) into plain values and notes the place of each in `places`. Mappings inherit nothing.
 * Throws InputError for syntax errors, duplicate keys, keys that are no name, numbers that are not finite, and what is beyond the limits.
 */
export function parseLocated(text: string, file: string, places: Places, limits: ParseLimits = {}): LocatedDocument {
  checkSize(text, file);
  const lines = new LineCounter();
  const document = parsedTree(text, file, lines);
  const at = (offset: number): SourcePlace => {
    const { line, col } = lines.linePos(offset);
    return { file, line: Math.max(1, line), column: Math.max(1, col) };
  };
  const faults = document.errors.map((error): InputProblem => syntaxProblem(error.code, error.message, at(error.pos[0])));
  // The parser keeps what the stack does not hold as a fault of syntax.
  if (document.errors.some(({ message }) => /call stack/i.test(message))) throw tooDeep(file);
  if (faults.length > 0) throw new InputError(faults.slice(0, 20));
  const value = new Converter(document, at, places, limits.values ?? LIMITS.descriptionValues, limits.onRepeatedKey).convert(document.contents, []);
  if (value === null || value === undefined) {
    throw new InputError({ file, line: 1, column: 1, message: 'the file is empty', expected: 'a mapping of keys to values' });
  }
  return { file, value };
}

const MARKS = new Set([...',:[{\n'].map((mark) => mark.charCodeAt(0)));

/** The tree of a text takes hundreds of bytes for each value: how many there may be is counted before it is made. */
function checkSize(text: string, file: string): void {
  const tooLarge = (expected: string): InputError =>
    new InputError({ file, line: 1, column: 1, message: 'the document is too large for YAML', expected: `${expected}; schedules may be JSON or NDJSON` });
  if (text.length > LIMITS.yamlBytes) throw tooLarge(`at most ${LIMITS.yamlBytes / 2 ** 20} MiB`);
  if (text.length > ALIAS_CHARACTERS * LIMITS.yamlAliases && countAliases(text) > LIMITS.yamlAliases) {
    throw tooLarge(`at most ${LIMITS.yamlAliases} aliases`);
  }
  if (text.length <= LIMITS.yamlMarks) return;
  let marks = 0;
  for (let i = 0; i < text.length; i++) if (MARKS.has(text.charCodeAt(i))) marks++;
  if (marks > LIMITS.yamlMarks) throw tooLarge(`at most ${LIMITS.yamlMarks} values and lines`);
}

/** `*a` and a separator. */
const ALIAS_CHARACTERS = 3;

function countAliases(text: string): number {
  let count = 0;
  for (const _ of text.matchAll(/(?<=[\s,[{:])\*[^\s,[\]{}]/g)) count++;
  return count;
}

function parsedTree(text: string, file: string, lines: LineCounter): Document {
  try {
    // The parser compares each key with all others of its mapping; the converter looks them up.
    return parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: false, strict: true });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw tooDeep(file);
  }
}

function tooDeep(file: string): InputError {
  return new InputError({ file, line: 1, column: 1, message: 'the document is nested too deeply', expected: `at most ${LIMITS.depth} levels` });
}

function syntaxProblem(code: string, message: string, place: SourcePlace): InputProblem {
  const expected: Readonly<Record<string, string>> = {
    DUPLICATE_KEY: 'every key once',
    TAB_AS_INDENT: 'spaces as indentation',
    BAD_INDENT: 'the indentation of the lines around',
    MULTIPLE_DOCS: 'one document a file',
  };
  const sentence = message.split('\n')[0]?.replace(/\.$/, '') ?? 'syntax error';
  return { ...place, message: `YAML syntax: ${sentence.charAt(0).toLowerCase()}${sentence.slice(1)}`, expected: expected[code] ?? 'valid YAML 1.2' };
}

class Converter {
  private values = 0;
  private readonly open = new Set<Node>();
  private targets: ReadonlyMap<Alias, Node> | undefined;

  constructor(
    private readonly document: Document,
    private readonly at: (offset: number) => SourcePlace,
    private readonly places: Places,
    private readonly mostValues: number,
    private readonly onRepeatedKey: ParseLimits['onRepeatedKey'],
  ) {}

  convert(node: unknown, path: readonly string[]): unknown {
    if (node === null || node === undefined) return null;
    const place = this.placeOf(node);
    if (++this.values > this.mostValues || path.length > LIMITS.depth) throw this.tooLarge(place, path);
    if (isAlias(node)) return this.convertAlias((this.targets ??= this.findTargets()).get(node), place, path);
    if (isMap(node)) return this.convertMap(node.items, place, path);
    if (isSeq(node)) return this.convertList(node.items, place, path);
    return isScalar(node) ? this.convertScalar(node, place, path) : null;
  }

  private tooLarge(place: SourcePlace, path: readonly string[]): InputError {
    return new InputError({
      ...place,
      path: path.slice(0, 8).join('.'),
      message: 'the document is too large or nested too deeply',
      expected: `at most ${this.mostValues} values, those that aliases repeat counted again, in ${LIMITS.depth} levels`,
    });
  }

  /** Before the first alias is followed it is known what all of them come to. */
  private findTargets(): ReadonlyMap<Alias, Node> {
    try {
      return aliasTargets(this.document.contents, this.mostValues, LIMITS.depth);
    } catch (error) {
      throw error instanceof TooManyValues ? this.tooLarge(this.placeOf(error.node), error.path) : error;
    }
  }

  private convertAlias(target: Node | undefined, place: SourcePlace, path: readonly string[]): unknown {
    if (target === undefined) throw new InputError({ ...place, path: path.join('.'), message: 'an alias without an anchor' });
    if (this.open.has(target))
      throw new InputError({ ...place, path: path.join('.'), message: 'an alias that contains itself', expected: 'an anchor that ends before its alias' });
    return this.convert(target, path);
  }

  private convertMap(items: readonly { key: unknown; value: unknown }[], place: SourcePlace, path: readonly string[]): unknown {
    const result = bareTable();
    this.places.setOwn(result, place);
    for (const { key, value } of items) {
      const keyPlace = key === null ? place : this.placeOf(key);
      const name = this.nameOf(key, keyPlace, path);
      if (Object.hasOwn(result, name)) {
        if (this.onRepeatedKey === undefined) throw new InputError(syntaxProblem('DUPLICATE_KEY', 'map keys must be unique', keyPlace));
        this.onRepeatedKey([...path, name].join('.'), this.places.ofKey(result, name) ?? keyPlace);
      }
      result[name] = this.inside(value, [...path, name]);
      this.places.setChild(result, name, keyPlace, value === null ? keyPlace : this.placeOf(value));
    }
    return result;
  }

  private nameOf(key: unknown, place: SourcePlace, path: readonly string[]): string {
    const fail = (message: string, expected: string): InputError => new InputError({ ...place, path: path.join('.'), message, expected });
    if (!isScalar(key)) throw fail('this key is not a name', 'a text as key');
    const name = String(key.value);
    if (isInheritedName(name)) throw fail(`'${name}' is no name for a key`, NAME_EXPECTED);
    if (name.length > LIMITS.nameCharacters) throw fail(`the key ${describeValue(name)} is too long`, `at most ${LIMITS.nameCharacters} characters`);
    return name;
  }

  private convertList(items: readonly unknown[], place: SourcePlace, path: readonly string[]): unknown {
    const result: unknown[] = [];
    this.places.setOwn(result, place);
    items.forEach((item, index) => {
      result.push(this.inside(item, [...path, String(index)]));
      const itemPlace = item === null ? place : this.placeOf(item);
      this.places.setChild(result, index, itemPlace, itemPlace);
    });
    return result;
  }

  private inside(node: unknown, path: readonly string[]): unknown {
    const marked = node as Node;
    const isCollection = isMap(node) || isSeq(node);
    if (isCollection && this.open.has(marked)) {
      throw new InputError({ ...this.placeOf(node), path: path.join('.'), message: 'an alias that contains itself' });
    }
    if (isCollection) this.open.add(marked);
    const value = this.convert(node, path);
    if (isCollection) this.open.delete(marked);
    return value;
  }

  private convertScalar(node: Scalar, place: SourcePlace, path: readonly string[]): unknown {
    const { value } = node;
    if (typeof value === 'number' && !Number.isFinite(value)) {
      const name = Number.isNaN(value) ? 'NaN' : 'infinite';
      throw new InputError({ ...place, path: path.join('.'), message: `the number is ${name}`, expected: 'a finite number' });
    }
    if (typeof value === 'number' || typeof value === 'string' || typeof value === 'boolean') return value;
    return value === null ? null : String(value);
  }

  private placeOf(node: unknown): SourcePlace {
    const range = (node as Node | undefined)?.range;
    return this.at(range?.[0] ?? 0);
  }
}
