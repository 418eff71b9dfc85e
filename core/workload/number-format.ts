/** How the elements of a tensor are stored. */
export interface NumberFormat {
  readonly name: string;
  readonly kind: 'int' | 'uint' | 'float' | 'block-float' | 'ternary';
  /** Payload bits of one element (for a block format: sign and mantissa, or the private bits). May be a fraction. */
  readonly bits: number;
  /** Elements that share one piece of metadata (scale, exponent, zero point, special value); absent: no metadata. */
  readonly groupSize?: number;
  /** Metadata bits of one group. */
  readonly groupMetadataBits?: number;
  readonly description: string;
}

const FLOATS: readonly NumberFormat[] = [
  { name: 'fp64', kind: 'float', bits: 64, description: 'IEEE 754 binary64' },
  { name: 'fp32', kind: 'float', bits: 32, description: 'IEEE 754 binary32' },
  { name: 'tf32', kind: 'float', bits: 19, description: '8 exponent and 10 mantissa bits' },
  { name: 'fp16', kind: 'float', bits: 16, description: 'IEEE 754 binary16' },
  { name: 'bf16', kind: 'float', bits: 16, description: '8 exponent and 7 mantissa bits' },
  { name: 'fp8-e4m3', kind: 'float', bits: 8, description: 'OCP 8-bit floating point, 4 exponent bits' },
  { name: 'fp8-e5m2', kind: 'float', bits: 8, description: 'OCP 8-bit floating point, 5 exponent bits' },
  { name: 'fp6-e3m2', kind: 'float', bits: 6, description: '6-bit floating point, 3 exponent bits' },
  { name: 'fp6-e2m3', kind: 'float', bits: 6, description: '6-bit floating point, 2 exponent bits' },
  { name: 'fp4-e2m1', kind: 'float', bits: 4, description: '4-bit floating point' },
];

/** OCP Microscaling Formats 1.0: 32 elements share an 8-bit power-of-two scale. */
const MX = { kind: 'block-float', groupSize: 32, groupMetadataBits: 8 } as const;
const BLOCKS: readonly NumberFormat[] = [
  { name: 'mxfp8', ...MX, bits: 8, description: 'OCP MX: fp8 elements, 8-bit scale per 32' },
  { name: 'mxfp6', ...MX, bits: 6, description: 'OCP MX: fp6 elements, 8-bit scale per 32' },
  { name: 'mxfp4', ...MX, bits: 4, description: 'OCP MX: fp4 elements, 8-bit scale per 32' },
  { name: 'mxint8', ...MX, bits: 8, description: 'OCP MX: int8 elements, 8-bit scale per 32' },
  { name: 'nvfp4', kind: 'block-float', bits: 4, groupSize: 16, groupMetadataBits: 8, description: 'fp4 elements, fp8 scale per 16' },
  {
    name: 'bfp16',
    kind: 'block-float',
    bits: 8,
    groupSize: 16,
    groupMetadataBits: 8,
    description: 'block floating point: 8-bit signed mantissas, shared exponent per 16',
  },
  // BitMoD (HPCA 2025): each group of 128 weights has an 8-bit integer scale and the choice of one special value of four.
  {
    name: 'bitmod4',
    kind: 'block-float',
    bits: 4,
    groupSize: 128,
    groupMetadataBits: 10,
    description: '4-bit with a special value: 8-bit scale and 2-bit choice per 128',
  },
  {
    name: 'bitmod3',
    kind: 'block-float',
    bits: 3,
    groupSize: 128,
    groupMetadataBits: 10,
    description: '3-bit with a special value: 8-bit scale and 2-bit choice per 128',
  },
  { name: 'int4-g128', kind: 'int', bits: 4, groupSize: 128, groupMetadataBits: 16, description: 'symmetric int4, fp16 scale per 128' },
  { name: 'int4-g64', kind: 'int', bits: 4, groupSize: 64, groupMetadataBits: 16, description: 'symmetric int4, fp16 scale per 64' },
  { name: 'int4-g32', kind: 'int', bits: 4, groupSize: 32, groupMetadataBits: 16, description: 'symmetric int4, fp16 scale per 32' },
  { name: 'uint4-g128', kind: 'uint', bits: 4, groupSize: 128, groupMetadataBits: 20, description: 'asymmetric int4, fp16 scale and 4-bit zero point per 128' },
  { name: 'int3-g128', kind: 'int', bits: 3, groupSize: 128, groupMetadataBits: 16, description: 'symmetric int3, fp16 scale per 128' },
  { name: 'int2-g64', kind: 'int', bits: 2, groupSize: 64, groupMetadataBits: 16, description: 'symmetric int2, fp16 scale per 64' },
];

const OTHERS: readonly NumberFormat[] = [
  { name: 'ternary', kind: 'ternary', bits: 2, description: '-1, 0, 1 in two bits' },
  { name: 'ternary-packed', kind: 'ternary', bits: 1.6, description: '-1, 0, 1 packed five to a byte' },
  { name: 'bool', kind: 'uint', bits: 8, description: 'one byte per truth value, as ONNX stores it' },
];

/** What everybody means by these names, besides `intN` and `uintN` for N from 1 to 64. */
export const STANDARD_FORMATS: readonly NumberFormat[] = [...FLOATS, ...BLOCKS, ...OTHERS];

const INTEGER = /^(u?)int([1-9]\d?)$/;

/** The formats that a workload may use: the standard ones, and those that a plugin or a file adds. */
export class FormatRegistry {
  private readonly formats = new Map<string, NumberFormat>();

  constructor(additional: readonly NumberFormat[] = []) {
    for (const format of STANDARD_FORMATS) this.formats.set(format.name, format);
    for (const format of additional) this.add(format);
  }

  /** Undefined when nobody has defined the name. */
  find(name: string): NumberFormat | undefined {
    return this.formats.get(name) ?? integerFormat(name);
  }

  /** @throws RangeError when the name is unknown. */
  get(name: string): NumberFormat {
    const format = this.find(name);
    if (format === undefined) throw new RangeError(`unknown number format '${name}'`);
    return format;
  }

  /** @throws RangeError when the format makes no sense or its name means something else already. */
  add(format: NumberFormat): void {
    const problem = formatFault(format);
    if (problem !== undefined) throw new RangeError(`number format '${format.name}': ${problem}`);
    if (this.find(format.name) !== undefined && !sameFormat(this.get(format.name), format)) {
      throw new RangeError(`number format '${format.name}' is defined twice, differently`);
    }
    this.formats.set(format.name, format);
  }

  /** For messages and listings; integers are given by their usual widths. */
  names(): string[] {
    const integers = [2, 3, 4, 8, 16, 32].flatMap((bits) => [`int${bits}`, `uint${bits}`]);
    return [...integers, ...this.formats.keys()];
  }
}

function integerFormat(name: string): NumberFormat | undefined {
  const match = INTEGER.exec(name);
  if (match === null) return undefined;
  const bits = Number(match[2]);
  if (bits > 64) return undefined;
  const kind = match[1] === 'u' ? 'uint' : 'int';
  return { name, kind, bits, description: `${bits}-bit ${kind === 'uint' ? 'unsigned ' : ''}integer` };
}

function formatFault(format: NumberFormat): string | undefined {
  if (!(format.bits > 0 && format.bits <= 128)) return `bits must be above 0 and at most 128, not ${format.bits}`;
  const { groupSize, groupMetadataBits } = format;
  if ((groupSize === undefined) !== (groupMetadataBits === undefined)) return 'groupSize and groupMetadataBits go together';
  if (groupSize !== undefined && !(Number.isInteger(groupSize) && groupSize >= 1)) return `groupSize must be a whole number from 1, not ${groupSize}`;
  if (groupMetadataBits !== undefined && !(groupMetadataBits >= 0)) return `groupMetadataBits must not be negative`;
  return undefined;
}

function sameFormat(a: NumberFormat, b: NumberFormat): boolean {
  return a.kind === b.kind && a.bits === b.bits && a.groupSize === b.groupSize && a.groupMetadataBits === b.groupMetadataBits;
}

/** Standard formats only; enough where no plugin adds any. */
export const standardFormats: FormatRegistry = new FormatRegistry();

/**
 * Bytes of `elements` elements stored together. Rounding: a region begins at a group's start, so a group that is begun
 * pays its metadata whole; payload and metadata bits are added and rounded up to whole bytes once.
 *
 * @param format a format, or the name of a standard one
 */
export function bytesOf(format: NumberFormat | string, elements: number): number {
  const { bits, groupSize, groupMetadataBits } = typeof format === 'string' ? standardFormats.get(format) : format;
  const metadata = groupSize === undefined ? 0 : Math.ceil(elements / groupSize) * (groupMetadataBits ?? 0);
  // Tenths keep 1.6 bits exact: 5 elements are one byte, not two.
  return Math.ceil(Math.round((elements * bits + metadata) * 10) / 80);
}

/** Bits per element with its share of the metadata, for estimates. */
export function averageBits(format: NumberFormat): number {
  return format.bits + (format.groupSize === undefined ? 0 : (format.groupMetadataBits ?? 0) / format.groupSize);
}

/** The formats that a workload's tensors may have: standard ones and its own. */
export function formatsOf(workload: { readonly formats?: readonly NumberFormat[] }): FormatRegistry {
  return workload.formats === undefined ? standardFormats : new FormatRegistry(workload.formats);
}
