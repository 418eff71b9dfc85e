import { InputError } from 'tessera-sim';
import type { LineTrace } from './formulas.js';

const READS = new Set(['R', 'RD', 'READ', 'LD', 'LOAD']);
const WRITES = new Set(['W', 'WR', 'WRITE', 'ST', 'STORE']);

/** A trace from a file: line accesses with, for DRAMsim3's form, the cycle before which each must not be offered. */
export interface TextTrace extends LineTrace {
  /** Cycles in file order, or undefined when the file has none. */
  readonly cycles: Float64Array | undefined;
}

/**
 * Reads a memory trace. Ramulator's forms: `LD 0x1f40`, `0x1f40 R`; DRAMsim3's: `0x1f40 READ 120`. Addresses are bytes, decimal or
 * hexadecimal. Blank lines and lines that begin with `#` are skipped.
 */
export function readTextTrace(text: string, lineBytes: number, file: string): TextTrace {
  const lines: number[] = [];
  const writes: number[] = [];
  const cycles: number[] = [];
  text.split('\n').forEach((raw, index) => {
    const content = raw.trim();
    if (content === '' || content.startsWith('#')) return;
    const fields = content.split(/[\s,]+/);
    const kindFirst = fields[0] !== undefined && isKind(fields[0]);
    const kind = (kindFirst ? fields[0] : fields[1])?.toUpperCase() ?? '';
    const address = Number(kindFirst ? fields[1] : fields[0]);
    if (!isKind(kind) || !Number.isSafeInteger(address) || address < 0) throw badLine(file, index + 1, content);
    lines.push(Math.floor(address / lineBytes));
    writes.push(WRITES.has(kind) ? 1 : 0);
    if (!kindFirst && fields[2] !== undefined) {
      const cycle = Number(fields[2]);
      if (!Number.isSafeInteger(cycle) || cycle < 0) throw badLine(file, index + 1, content);
      cycles.push(cycle);
    }
  });
  if (lines.length === 0) throw new InputError([{ file, line: 1, column: 1, message: 'the trace holds no access', expected: "lines such as 'LD 0x40'" }]);
  if (cycles.length > 0 && cycles.length !== lines.length) {
    throw new InputError([{ file, line: 1, column: 1, message: 'some lines have a cycle and some have none' }]);
  }
  return new ArrayTrace(Float64Array.from(lines), Uint8Array.from(writes), cycles.length > 0 ? Float64Array.from(cycles) : undefined);
}

class ArrayTrace implements TextTrace {
  line = 0;
  isWrite = false;

  constructor(
    private readonly lines: Float64Array,
    private readonly writes: Uint8Array,
    readonly cycles: Float64Array | undefined,
  ) {}

  get length(): number {
    return this.lines.length;
  }

  select(i: number): void {
    this.line = this.lines[i]!;
    this.isWrite = this.writes[i] === 1;
  }
}

function isKind(field: string): boolean {
  const kind = field.toUpperCase();
  return READS.has(kind) || WRITES.has(kind);
}

function badLine(file: string, line: number, content: string): InputError {
  return new InputError([{ file, line, message: `'${content}' is not a memory access`, expected: "'LD 0x40', '0x40 R' or '0x40 READ 12'" }]);
}
