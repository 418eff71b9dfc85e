import { isAlias, isMap, isPair, isScalar, isSeq, LineCounter, parseDocument, type Document, type Node, type Pair } from 'yaml';
import { InputError, type ImportSource } from 'tessera-sim';
import { expandTemplates, type TextLines } from './templates.js';

export type Table = Readonly<Record<string, unknown>>;

/** A YAML file as plain values; where each stands, and its tag (`!Container`). */
export interface YamlFile {
  readonly file: string;
  readonly value: Table;
  /** Line of the deepest part of a dotted path that is there. */
  lineOf(path: string): number | undefined;
  /** Tag of a mapping in `value`. */
  tagOf(value: object): string | undefined;
}

const MOST_BYTES = 16 * 2 ** 20;
const MOST_VALUES = 300_000;
const MOST_DEPTH = 100;

export function isTable(value: unknown): value is Table {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Reads a YAML file of the tool: templates filled in, tags kept, merge keys (`<<`, and `<<<` of version 0.4) merged. */
export function readYaml(source: ImportSource): YamlFile {
  const { fileName: file, bytes } = source;
  if (bytes.length > MOST_BYTES) throw new InputError({ file, message: `it holds ${bytes.length} bytes`, expected: `at most ${MOST_BYTES}` });
  const text = expandTemplates(source);
  const lines = new LineCounter();
  const at = (offset: number): Where => text.where(lines.linePos(offset).line);
  const document = parsed(text, file, lines, at);
  const reader = new Reader(at);
  const value = reader.convert(document.contents, '', 0);
  if (!isTable(value))
    throw new InputError({ file, line: 1, message: 'this is no mapping of keys to values', expected: 'an architecture, a problem, a mapping' });
  return {
    file,
    value,
    lineOf: (path) => deepest(path, reader.lines),
    tagOf: (table) => reader.tags.get(table),
  };
}

interface Where {
  readonly file: string;
  readonly line: number;
}

function parsed(text: TextLines, file: string, lines: LineCounter, at: (offset: number) => Where): Document {
  let document: Document;
  try {
    document = parseDocument(text.text, { lineCounter: lines, prettyErrors: false, uniqueKeys: false, strict: false, logLevel: 'silent' });
  } catch (error) {
    throw new InputError({ file, line: 1, message: `YAML syntax: ${(error as Error).message.split('\n')[0]}`, expected: 'valid YAML, not nested too deeply' });
  }
  const [fault] = document.errors;
  if (fault !== undefined) throw new InputError({ ...at(fault.pos[0]), message: `YAML syntax: ${fault.message.split('\n')[0]}`, expected: 'valid YAML' });
  return document;
}

function deepest(path: string, lines: ReadonlyMap<string, number>): number | undefined {
  for (let part = path; part !== ''; part = part.includes('.') ? part.slice(0, part.lastIndexOf('.')) : '') {
    const line = lines.get(part);
    if (line !== undefined) return line;
  }
  return lines.get('');
}

class Reader {
  readonly lines = new Map<string, number>();
  readonly tags = new WeakMap<object, string>();
  private values = 0;
  private readonly open = new Set<Node>();
  /** The last anchor of each name so far. */
  private readonly anchors = new Map<string, Node>();

  constructor(private readonly at: (offset: number) => Where) {}

  convert(node: unknown, path: string, depth: number): unknown {
    if (node === null || node === undefined) return null;
    const where = this.at((node as Node).range?.[0] ?? 0);
    if (++this.values > MOST_VALUES || depth > MOST_DEPTH)
      throw new InputError({
        ...where,
        message: 'the document is too large or nested too deeply',
        expected: `at most ${MOST_VALUES} values in ${MOST_DEPTH} levels`,
      });
    if (!this.lines.has(path)) this.lines.set(path, where.line);
    if (isAlias(node)) {
      const target = this.anchors.get(node.source);
      if (target === undefined || this.open.has(target))
        throw new InputError({ ...where, message: `the alias *${node.source} has no anchor, or holds itself`, expected: 'an anchor before it' });
      return this.convert(target, path, depth + 1);
    }
    const { anchor } = node as { anchor?: string };
    if (anchor !== undefined) this.anchors.set(anchor, node as Node);
    this.open.add(node as Node);
    try {
      return this.content(node, path, depth);
    } finally {
      this.open.delete(node as Node);
    }
  }

  private content(node: unknown, path: string, depth: number): unknown {
    if (isScalar(node)) return node.value;
    if (isSeq(node)) return node.items.map((item, index) => this.convert(isPair(item) ? item.value : item, join(path, index), depth + 1));
    if (!isMap(node)) return null;
    const table: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
    const own = new Set<string>();
    for (const pair of node.items as Pair[]) {
      const key = isScalar(pair.key) ? String(pair.key.value) : '';
      if (/^<+$/.test(key)) this.merge(table, own, pair.value, path, depth);
      else {
        if (own.has(key))
          throw new InputError({
            ...this.at((pair.key as Node).range?.[0] ?? 0),
            path: join(path, key),
            message: `the key '${key.slice(0, 60)}' is there twice`,
            expected: 'every key once',
          });
        own.add(key);
        table[key] = this.convert(pair.value, join(path, key), depth + 1);
      }
    }
    if (typeof node.tag === 'string' && node.tag.startsWith('!')) this.tags.set(table, node.tag.slice(1));
    return table;
  }

  /** Keys of a merged mapping give way to those written out; of several mappings the first counts. */
  private merge(table: Record<string, unknown>, own: ReadonlySet<string>, value: unknown, path: string, depth: number): void {
    const merged = this.convert(value, path, depth + 1);
    for (const source of Array.isArray(merged) ? (merged as unknown[]) : [merged])
      if (isTable(source)) for (const [key, inner] of Object.entries(source)) if (!own.has(key) && !(key in table)) table[key] = inner;
  }
}

function join(path: string, key: string | number): string {
  return path === '' ? String(key) : `${path}.${key}`;
}
