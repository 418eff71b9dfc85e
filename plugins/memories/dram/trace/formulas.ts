import { InputError } from 'tessera-sim';
import { traceValues } from './parameters.js';

/** A sequence of line accesses. `line` and `isWrite` are asked for i = 0, 1, 2, ... in this order. */
export interface LineTrace {
  readonly length: number;
  /** Makes access i current. */
  select(i: number): void;
  line: number;
  isWrite: boolean;
}

export type TraceParameters = Readonly<Record<string, unknown>>;

type Selector = (i: number, into: FormulaTrace) => void;

class FormulaTrace implements LineTrace {
  line = 0;
  isWrite = false;

  constructor(
    readonly length: number,
    private readonly selector: Selector,
  ) {}

  select(i: number): void {
    this.selector(i, this);
  }
}

/**
 * The trace of a formula, e.g. `{ kind: 'seq', n: 4096, base: 0 }`. Undefined for an unknown kind; InputError at `path` for parameters that are
 * missing, unknown to the formula or senseless (`traceValues`).
 */
export function traceOf(kind: string, parameters: TraceParameters, path = 'trace'): LineTrace | undefined {
  const values = traceValues(kind, parameters, path);
  const make = SELECTORS[kind];
  if (values === undefined || make === undefined) return undefined;
  const trace = new FormulaTrace(
    values['n']!,
    make((name) => values[name]!),
  );
  checkLast(kind, values, path);
  return trace;
}

/** Line numbers are exact up to 2^53: nothing that a formula multiplies may go beyond. */
function checkLast(kind: string, values: Readonly<Record<string, number>>, path: string): void {
  const { n = 0 } = values;
  const factor = Math.max(0, ...['s', 'to', 'd', 'o1', 'o2', 'o3'].map((name) => values[name] ?? 0));
  if (kind === 'rand' || n * factor <= Number.MAX_SAFE_INTEGER) return;
  throw new InputError([
    { path: `${path}.n`, message: `${n} accesses with steps of ${factor} lines go beyond 2^53`, expected: 'fewer accesses or smaller steps' },
  ]);
}

type Value = (name: string) => number;

const SELECTORS: Readonly<Record<string, (value: Value) => Selector>> = {
  seq: (value) => {
    const base = value('base');
    const isWrite = value('wr') === 1;
    return (i, into) => set(into, base + i, isWrite);
  },
  stride: (value) => {
    const base = value('base');
    const stride = value('s');
    const lines = value('m');
    const isWrite = value('wr') === 1;
    return (i, into) => set(into, base + ((i * stride) % lines), isWrite);
  },
  rand: randomSelector,
  stream: (value) => {
    const base = value('base');
    const reads = value('nr');
    const streams = reads + value('nw');
    const distance = value('d');
    return (i, into) => set(into, base + (i % streams) * distance + Math.floor(i / streams), i % streams >= reads);
  },
  tile: (value) => {
    const tile = tileOf(value, '', value('tr') === 1);
    const base = value('base');
    const step = value('to');
    const isWrite = value('wr') === 1;
    return (i, into) => set(into, base + Math.floor(i / tile.lines) * step + tile.offset(i % tile.lines), isWrite);
  },
  wb: (value) => {
    const base = value('base');
    const block = value('b');
    const distance = value('d');
    return (i, into) => {
      const j = i % (2 * block);
      const isWrite = j >= block;
      set(into, base + Math.floor(i / (2 * block)) * block + (j % block) + (isWrite ? distance : 0), isWrite);
    };
  },
  gemm: gemmSelector,
};

function set(into: FormulaTrace, line: number, isWrite: boolean): void {
  into.line = line;
  into.isWrite = isWrite;
}

/** xorshift32, one draw per access, used after the update. */
function randomSelector(value: Value): Selector {
  const base = value('base');
  const mask = value('m') - 1;
  const writeShare = value('w');
  // Kept as a signed integer, which costs no allocation; the bits are the same.
  let state = value('seed') | 0;
  return (_i, into) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    set(into, base + (state & mask), state >>> 27 < writeShare);
  };
}

/** Two read tiles and a written one per period. */
function gemmSelector(value: Value): Selector {
  const tiles = ['1', '2', '3'].map((k) => ({ ...tileOf(value, k, false), base: value(`b${k}`), step: value(`o${k}`) }));
  const period = tiles.reduce((sum, tile) => sum + tile.lines, 0);
  return (i, into) => {
    const t = Math.floor(i / period);
    let q = i % period;
    let k = 0;
    while (q >= tiles[k]!.lines) q -= tiles[k++]!.lines;
    const tile = tiles[k]!;
    set(into, tile.base + t * tile.step + tile.offset(q), k === 2);
  };
}

/** A tile of r rows by c columns, `p` lines from row to row, walked row by row or (transposed) column by column. */
function tileOf(value: Value, suffix: string, transposed: boolean) {
  const rows = value(`r${suffix}`);
  const columns = value(`c${suffix}`);
  const pitch = value(`p${suffix}`);
  const offset = transposed ? (q: number) => (q % rows) * pitch + Math.floor(q / rows) : (q: number) => Math.floor(q / columns) * pitch + (q % columns);
  return { lines: rows * columns, offset };
}
