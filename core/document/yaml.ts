import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument, type Document, type Node, type Scalar } from 'yaml';
import { InputError, type InputProblem, type SourcePlace } from '../errors.js';
import { Places } from './places.js';

/** A parsed file whose values know where they stand. */
export interface LocatedDocument {
  readonly file: string;
  readonly value: unknown;
}

/** A description is written by a person or a small script; more than this is an alias bomb or the wrong file. */
const MAX_VALUES = 300_000;
const MAX_DEPTH = 200;

/**
 * Parses YAML 1.2 (of which JSON is a part) into plain values and notes the place of each in `places`.
 * Throws InputError for syntax errors, duplicate keys, keys that are no text, and numbers that are not finite.
 */
export function parseLocated(text: string, file: string, places: Places): LocatedDocument {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true, strict: true });
  const at = (offset: number): SourcePlace => {
    const { line, col } = lines.linePos(offset);
    return { file, line: Math.max(1, line), column: Math.max(1, col) };
  };
  const faults = document.errors.map((error): InputProblem => syntaxProblem(error.code, error.message, at(error.pos[0])));
  if (faults.length > 0) throw new InputError(faults.slice(0, 20));
  const value = new Converter(document, at, places).convert(document.contents, []);
  if (value === null || value === undefined) {
    throw new InputError({ file, line: 1, column: 1, message: 'the file is empty', expected: 'a mapping of keys to values' });
  }
  return { file, value };
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

  constructor(
    private readonly document: Document,
    private readonly at: (offset: number) => SourcePlace,
    private readonly places: Places,
  ) {}

  convert(node: unknown, path: readonly string[]): unknown {
    if (node === null || node === undefined) return null;
    const place = this.placeOf(node);
    if (++this.values > MAX_VALUES || path.length > MAX_DEPTH) {
      throw new InputError({
        ...place,
        path: path.slice(0, 8).join('.'),
        message: 'the document is too large or nested too deeply',
        expected: `at most ${MAX_VALUES} values`,
      });
    }
    if (isAlias(node)) return this.convertAlias(node.resolve(this.document) as Node | undefined, place, path);
    if (isMap(node)) return this.convertMap(node.items, place, path);
    if (isSeq(node)) return this.convertList(node.items, place, path);
    return isScalar(node) ? this.convertScalar(node, place, path) : null;
  }

  private convertAlias(target: Node | undefined, place: SourcePlace, path: readonly string[]): unknown {
    if (target === undefined) throw new InputError({ ...place, path: path.join('.'), message: 'an alias without an anchor' });
    if (this.open.has(target))
      throw new InputError({ ...place, path: path.join('.'), message: 'an alias that contains itself', expected: 'an anchor that ends before its alias' });
    return this.convert(target, path);
  }

  private convertMap(items: readonly { key: unknown; value: unknown }[], place: SourcePlace, path: readonly string[]): unknown {
    const result: Record<string, unknown> = {};
    this.places.setOwn(result, place);
    for (const { key, value } of items) {
      const keyPlace = key === null ? place : this.placeOf(key);
      const name = isScalar(key) ? String(key.value) : undefined;
      if (name === undefined || name === '__proto__') {
        throw new InputError({ ...keyPlace, path: path.join('.'), message: 'this key is not a name', expected: 'a text as key' });
      }
      result[name] = this.inside(value, [...path, name]);
      this.places.setChild(result, name, keyPlace, value === null ? keyPlace : this.placeOf(value));
    }
    return result;
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
