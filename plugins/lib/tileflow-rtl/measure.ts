import { InputError, type CrosscheckContext, type ReferenceRecord, type Schedule } from 'tessera-sim';
import { rtlConfig, rtlMachine } from './rates.js';

const BYTE = 8;

/** What the blocks of a run counted. */
export interface RtlCounts {
  readonly cycles: number;
  readonly loadedBits: number;
  readonly storedBits: number;
  /** Of the array. */
  readonly macs: number;
  /** Words that the pass went over. */
  readonly passed: number;
}

/** Runs a program on the machine of a record. InputError when the run is no legal one. */
export async function measureRtl(record: ReferenceRecord, makeSchedule: (wordBytes: number) => Schedule, run: CrosscheckContext['run']): Promise<RtlCounts> {
  if (run === undefined) throw new InputError({ message: 'there is no machine to run it on' });
  const config = rtlConfig(record);
  const { simulation, violations, blocks } = await run({ machine: rtlMachine(config), schedule: makeSchedule(config.wordBytes) });
  if (violations.length > 0) throw new InputError({ message: violations[0]!.message });
  const count = (path: string, statistic: string): number => blocks.find((block) => block.path === path)?.statistics[statistic]?.value ?? 0;
  return {
    cycles: simulation.cycles,
    loadedBits: BYTE * count('load', 'bytes'),
    storedBits: BYTE * count('store', 'bytes'),
    macs: count('array', 'macs'),
    passed: count('pass', 'macs'),
  };
}

/**
 * Bits between buffer and registers of a fused pair, of what was counted. A multiply takes an operand of each side, which the array's rows and columns
 * share, and its rows add up to one result; the pass reads a word twice and writes it once; what is stored is read once. Fits all records (see docs).
 */
export function onChipBits(record: ReferenceRecord, { macs, passed, storedBits }: RtlCounts): { readonly toRegisters: number; readonly fromRegisters: number } {
  const { rows, columns, wordBytes } = rtlConfig(record);
  const bits = BYTE * wordBytes;
  return { toRegisters: bits * (macs / rows + macs / columns + 2 * passed) + storedBits, fromRegisters: bits * (macs / rows + passed) };
}
