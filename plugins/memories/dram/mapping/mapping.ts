import { InputError } from 'tessera-sim';

/** Parts of a decoded line address. */
export const FIELDS = ['channel', 'rank', 'stack', 'group', 'bank', 'row', 'column'] as const;
export type Field = (typeof FIELDS)[number];
export type FieldBits = Readonly<Record<Field, number>>;

/** A slice of the line address, from the least significant bit up. Bits left over by the last slice are dropped. */
export interface Slice {
  readonly field: Field;
  readonly bits: number;
}

/** Where a line lies. A mapping writes its answer into the fields of one object; nothing is allocated per line. */
export interface LineAddress {
  channel: number;
  /** Bank of the channel, counted through all ranks, stacks and groups. */
  bank: number;
  row: number;
  /** Column in lines. */
  column: number;
}

/** Line number (byte address / line size) -> place. Other plugins register their own under `dram.mapping`. */
export interface AddressMapping {
  readonly name: string;
  decode(line: number, into: LineAddress): void;
}

/** How a mapping makes its slices for an organisation; a name in the configuration selects one. */
export interface MappingFactory {
  readonly summary: string;
  slices(bits: FieldBits): readonly Slice[];
  /** Fields XORed with successive slices of the column, in this order. */
  readonly xorWithColumn?: readonly Field[];
  /** Keep row bits beyond the organisation (they make distinct rows). */
  readonly keepHighRowBits?: boolean;
}

const all = (bits: FieldBits, ...order: Field[]): Slice[] => order.map((field) => ({ field, bits: bits[field] }));

export const MAPPINGS: ReadonlyMap<string, MappingFactory> = new Map<string, MappingFactory>([
  [
    'RoBaRaCoCh',
    {
      summary: 'consecutive lines stay in one row, then the rank, group and bank change',
      slices: (bits) => all(bits, 'channel', 'column', 'rank', 'stack', 'group', 'bank', 'row'),
    },
  ],
  [
    'ChRaBaRoCo',
    {
      summary: 'consecutive lines stay in one bank: columns, then rows, then banks',
      slices: (bits) => all(bits, 'channel', 'column', 'row', 'bank', 'group', 'stack', 'rank'),
    },
  ],
  [
    'MOP4CLXOR',
    {
      summary: 'four lines of a row, then the next bank; every level XORed with column bits',
      slices: (bits) => [
        { field: 'channel', bits: bits.channel },
        { field: 'column', bits: 2 },
        ...all(bits, 'rank', 'stack', 'group', 'bank'),
        { field: 'column', bits: bits.column - 2 },
        { field: 'row', bits: bits.row },
      ],
      xorWithColumn: ['rank', 'stack', 'group', 'bank', 'row'],
      keepHighRowBits: true,
    },
  ],
]);

const TWO_LETTERS: Readonly<Record<string, Field>> = { ch: 'channel', ra: 'rank', bg: 'group', ba: 'bank', ro: 'row', co: 'column' };

/** A twelve-letter string of six fields, most significant first, e.g. `rochrababgco`. */
export function mappingFromLetters(letters: string): MappingFactory | undefined {
  if (letters.length !== 12) return undefined;
  const order: Field[] = [];
  for (let at = 10; at >= 0; at -= 2) {
    const field = TWO_LETTERS[letters.slice(at, at + 2)];
    if (field === undefined || order.includes(field)) return undefined;
    order.push(field);
  }
  return { summary: 'fields in the order of the letters', slices: (bits) => all(bits, ...order, 'stack') };
}

/** Whether a name needs no extension. */
export function isMappingName(name: string): boolean {
  return MAPPINGS.has(name) || mappingFromLetters(name) !== undefined;
}

/** Number of integers that bit operations take without a sign: lines below go the quick way. */
const INT_LIMIT = 2 ** 31;

/** The four numbers of a LineAddress; rank, stack, group and bank are bit fields of the bank number. */
const TARGETS = 4;
const ROW = 2;
const COLUMN = 3;

/** Slices the line number field by field, then applies the XORs. */
export class SliceMapping implements AddressMapping {
  /** Per slice: where its bits begin in the line, its mask, its target and where they go there. */
  private readonly from: Int32Array;
  private readonly masks: Int32Array;
  private readonly targets: Int32Array;
  private readonly shifts: Int32Array;
  private readonly xors: readonly { readonly target: number; readonly shift: number; readonly mask: number; readonly to: number }[];
  private readonly parts = new Int32Array(TARGETS);
  /** Channel, row and column are one slice each and nothing is XORed: the quick way will do. */
  private readonly isPlain: boolean;
  private readonly plainFrom = new Int32Array(TARGETS);
  private readonly plainMasks = new Int32Array(TARGETS);
  private readonly bankSlices: Int32Array;

  constructor(
    readonly name: string,
    factory: MappingFactory,
    private readonly bits: FieldBits,
    private readonly channelHash: boolean,
  ) {
    if (name === 'MOP4CLXOR' && bits.column < 2) {
      throw new InputError([{ path: 'mapping', message: 'MOP4CLXOR needs at least 4 lines in a row' }]);
    }
    const slices = factory.slices(bits).filter((slice) => slice.bits > 0);
    const count = slices.length;
    this.from = new Int32Array(count);
    this.masks = new Int32Array(count);
    this.targets = new Int32Array(count);
    this.shifts = new Int32Array(count);
    const filled: Partial<Record<Field, number>> = {};
    let at = 0;
    slices.forEach((slice, i) => {
      const [target, offset] = targetOf(slice.field, bits);
      const keepsRest = factory.keepHighRowBits === true && i === count - 1;
      this.from[i] = at;
      this.masks[i] = keepsRest ? 0x7fffffff : 2 ** slice.bits - 1;
      this.targets[i] = target;
      this.shifts[i] = offset + (filled[slice.field] ?? 0);
      filled[slice.field] = (filled[slice.field] ?? 0) + slice.bits;
      at += slice.bits;
    });
    this.xors = columnXors(factory.xorWithColumn ?? [], bits);
    const slicesOf = (target: number) => [...this.targets.keys()].filter((i) => this.targets[i] === target);
    this.bankSlices = Int32Array.from(slicesOf(1));
    this.isPlain = !channelHash && this.xors.length === 0 && [0, ROW, COLUMN].every((target) => slicesOf(target).length <= 1);
    for (const target of [0, ROW, COLUMN]) {
      const [slice] = slicesOf(target);
      this.plainFrom[target] = slice === undefined ? 0 : this.from[slice]!;
      this.plainMasks[target] = slice === undefined ? 0 : this.masks[slice]!;
    }
  }

  decode(line: number, into: LineAddress): void {
    if (this.isPlain && line < INT_LIMIT) {
      into.channel = (line >>> this.plainFrom[0]!) & this.plainMasks[0]!;
      into.bank = this.plainBank(line);
      into.row = (line >>> this.plainFrom[ROW]!) & this.plainMasks[ROW]!;
      into.column = (line >>> this.plainFrom[COLUMN]!) & this.plainMasks[COLUMN]!;
      return;
    }
    this.decodeSlices(line, into);
  }

  /** The bank number from its slices: rank, stack, group, bank. */
  private plainBank(line: number): number {
    const { from, masks, shifts, bankSlices } = this;
    let bank = 0;
    for (let i = 0; i < bankSlices.length; i++) {
      const slice = bankSlices[i]!;
      bank |= ((line >>> from[slice]!) & masks[slice]!) << shifts[slice]!;
    }
    return bank;
  }

  private decodeSlices(line: number, into: LineAddress): void {
    const { parts, from, masks, targets, shifts } = this;
    parts[0] = parts[1] = parts[2] = parts[3] = 0;
    const isInt = line < INT_LIMIT;
    for (let i = 0; i < from.length; i++) {
      const value = isInt ? (line >>> from[i]!) & masks[i]! : Math.floor(line / 2 ** from[i]!) % (masks[i]! + 1);
      parts[targets[i]!]! |= value << shifts[i]!;
    }
    for (const xor of this.xors) parts[xor.target]! ^= ((parts[COLUMN]! >>> xor.shift) & xor.mask) << xor.to;
    into.channel = this.channelHash ? this.hashedChannel() : parts[0]!;
    into.bank = parts[1]!;
    into.row = parts[ROW]!;
    into.column = parts[COLUMN]!;
  }

  /** Spreads strided streams over the channels: channel bits XORed with all slices of row, bank and column. */
  private hashedChannel(): number {
    const width = Math.max(1, this.bits.channel);
    let mixed = this.parts[ROW]! ^ this.parts[1]! ^ this.parts[COLUMN]!;
    let channel = this.parts[0]!;
    for (; mixed !== 0; mixed >>>= width) channel ^= mixed;
    return channel & (2 ** this.bits.channel - 1);
  }
}

/** Number of a LineAddress in which a field lies, and its lowest bit there. */
function targetOf(field: Field, bits: FieldBits): readonly [number, number] {
  switch (field) {
    case 'channel':
      return [0, 0];
    case 'bank':
      return [1, 0];
    case 'group':
      return [1, bits.bank];
    case 'stack':
      return [1, bits.bank + bits.group];
    case 'rank':
      return [1, bits.bank + bits.group + bits.stack];
    case 'row':
      return [ROW, 0];
    case 'column':
      return [COLUMN, 0];
  }
}

function columnXors(order: readonly Field[], bits: FieldBits) {
  let shift = 0;
  return order
    .filter((field) => bits[field] > 0)
    .map((field) => {
      const [target, to] = targetOf(field, bits);
      const xor = { target, to, shift, mask: 2 ** bits[field] - 1 };
      shift += bits[field];
      return xor;
    });
}
