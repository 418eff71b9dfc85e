/** What ZigZag's cost model starts from, in neutral words: a core, a layer, a mapping. Sizes in bits, rates in bits a cycle, energies in pJ. */

export const FUNCTIONS = { fh: 'wr_in_by_high', tl: 'rd_out_to_low', fl: 'wr_in_by_low', th: 'rd_out_to_high' } as const;
export type PortFunction = keyof typeof FUNCTIONS;
/** Seen from a memory: read towards or written from the level below (`low`) or above (`high`). */
export type Direction = (typeof FUNCTIONS)[PortFunction];
export const DIRECTIONS: readonly Direction[] = ['rd_out_to_low', 'wr_in_by_low', 'rd_out_to_high', 'wr_in_by_high'];
export type FourWay = Record<Direction, number>;
export const fourWay = (make: (direction: Direction) => number): FourWay => ({
  rd_out_to_low: make('rd_out_to_low'),
  wr_in_by_low: make('wr_in_by_low'),
  rd_out_to_high: make('rd_out_to_high'),
  wr_in_by_high: make('wr_in_by_high'),
});

/** Operand of the memory hierarchy. */
export type MemoryOperand = 'I1' | 'I2' | 'O';

export interface ZigzagPort {
  readonly name: string;
  readonly type: 'read' | 'write' | 'read_write';
  /** Smallest access, in bits: counts for energy alone. */
  readonly minBits: number;
  readonly bitsPerCycle: number;
  readonly serves: readonly { readonly operand: MemoryOperand; readonly direction: Direction }[];
}

export interface ZigzagMemory {
  readonly name: string;
  /** Of one replica. */
  readonly sizeBits: number;
  readonly operands: readonly MemoryOperand[];
  /** Dimensions of the array over which one replica broadcasts or collects. */
  readonly servedDimensions: readonly string[];
  /** Of one full word. */
  readonly readPj: number;
  readonly writePj: number;
  readonly ports: readonly ZigzagPort[];
}

export interface ZigzagCore {
  readonly name: string;
  /** Size of each dimension of the array. */
  readonly array: Readonly<Record<string, number>>;
  readonly macPj: number;
  /** Innermost first: the order makes the hierarchy. */
  readonly memories: readonly ZigzagMemory[];
}

/** `dim = stride * outer + dilation * inner`. */
export interface DimensionRelation {
  readonly dim: string;
  readonly terms: readonly [{ readonly loop: string; readonly factor: number }, { readonly loop: string; readonly factor: number }];
}

export interface ZigzagOperand {
  readonly name: string;
  readonly dims: readonly string[];
  /** Where it is kept in the hierarchy. */
  readonly memoryOperand: MemoryOperand;
}

export interface ZigzagLayer {
  readonly name: string;
  /** Loop sizes of the whole layer. */
  readonly loops: Readonly<Record<string, number>>;
  readonly relations: readonly DimensionRelation[];
  /** The output first, then the inputs, in the order of the equation. */
  readonly operands: readonly ZigzagOperand[];
  /** Bits by operand; of the output, `O` unfinished and `O_final` finished. */
  readonly precision: Readonly<Record<string, number>>;
  /** Sizes of input dimensions where padding makes them smaller than the relation does. */
  readonly clippedDims?: Readonly<Record<string, number>>;
}

export type SizedLoop = readonly [loop: string, size: number];
/** Loops of each level, innermost level first; inside a level innermost first. */
export type LevelLoops = readonly (readonly SizedLoop[])[];

export interface ZigzagMapping {
  /** Unrolled loops by operand; level 0 is the array. Factors may be fractions: energy is counted with them. */
  readonly spatial: Readonly<Record<string, LevelLoops>>;
  /** The same in whole numbers: latency is counted with them. */
  readonly spatialWhole: Readonly<Record<string, LevelLoops>>;
  /** Temporal loops by operand and memory level, before irrelevant ones are pushed down. */
  readonly temporal: Readonly<Record<string, LevelLoops>>;
}

/** Where versions of the tool differ. */
export interface ZigzagRules {
  /** 3.x: what the array holds for several cycles is read once for them. */
  readonly heldInputs: boolean;
  /** 3.x: transfers of one period use what ports have to spare while computing. */
  readonly borrowing: boolean;
  /** 3.x: word accesses are cut to whole numbers. */
  readonly wholeWords: boolean;
  /** Units at a level, and the replicas that a read serves: rounded (3.x) or cut (2.x). */
  readonly boost: 'round' | 'cut';
  /** Tiles under fractional unrollings, when memories are filled: as they are (3.x), or rounded up (2.x). */
  readonly tiles: 'fractional' | 'up';
}

export const ZIGZAG_3: ZigzagRules = { heldInputs: true, borrowing: true, wholeWords: true, boost: 'round', tiles: 'fractional' };
export const ZIGZAG_2: ZigzagRules = { heldInputs: false, borrowing: false, wholeWords: false, boost: 'cut', tiles: 'up' };

export const product = (values: readonly number[]): number => values.reduce((all, value) => all * value, 1);

/** To the nearest whole number, halves to the even one: as the tool rounds. */
export function roundEven(value: number): number {
  const nearest = Math.round(value);
  return Math.abs(value % 1) === 0.5 && nearest % 2 !== 0 ? nearest - 1 : nearest;
}
