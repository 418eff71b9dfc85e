import { InputError } from '../../../../core/index.js';

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

/** Slices the line number field by field, then applies the XORs. */
export class SliceMapping implements AddressMapping {
  private readonly fields: Int32Array;
  private readonly widths: Int32Array;
  private readonly xors: readonly { readonly field: number; readonly shift: number; readonly mask: number }[];
  private readonly parts = new Float64Array(FIELDS.length);
  private readonly filled = new Int32Array(FIELDS.length);

  constructor(
    readonly name: string,
    factory: MappingFactory,
    private readonly bits: FieldBits,
    private readonly counts: { readonly stacks: number; readonly groups: number; readonly banks: number },
    private readonly channelHash: boolean,
  ) {
    const slices = factory.slices(bits).filter((slice) => slice.bits > 0);
    if (bits.column < 2 && name === 'MOP4CLXOR') {
      throw new InputError([{ path: 'mapping', message: 'MOP4CLXOR needs at least 4 lines in a row' }]);
    }
    this.fields = Int32Array.from(slices, (slice) => FIELDS.indexOf(slice.field));
    this.widths = Int32Array.from(slices, (slice) => slice.bits);
    if (factory.keepHighRowBits === true) this.widths[this.widths.length - 1] = 31;
    this.xors = columnXors(factory.xorWithColumn ?? [], bits);
  }

  decode(line: number, into: LineAddress): void {
    const { parts, filled } = this;
    parts.fill(0);
    filled.fill(0);
    let rest = line;
    for (let i = 0; i < this.fields.length; i++) {
      const size = 2 ** this.widths[i]!;
      const high = Math.floor(rest / size);
      const field = this.fields[i]!;
      parts[field]! += (rest - high * size) * 2 ** filled[field]!;
      filled[field]! += this.widths[i]!;
      rest = high;
    }
    for (const xor of this.xors) parts[xor.field] = parts[xor.field]! ^ ((parts[6]! >> xor.shift) & xor.mask);
    if (this.channelHash) parts[0] = this.hashedChannel();
    into.channel = parts[0]!;
    into.bank = ((parts[1]! * this.counts.stacks + parts[2]!) * this.counts.groups + parts[3]!) * this.counts.banks + parts[4]!;
    into.row = parts[5]!;
    into.column = parts[6]!;
  }

  /** Spreads strided streams over the channels: channel bits XORed with all slices of row, bank and group. */
  private hashedChannel(): number {
    const mask = 2 ** this.bits.channel - 1;
    let channel = this.parts[0]!;
    let mixed = this.parts[5]! ^ (this.parts[4]! << 1) ^ (this.parts[3]! << 2) ^ this.parts[6]!;
    while (mixed > 0) {
      channel ^= mixed & mask;
      mixed >>>= Math.max(1, this.bits.channel);
    }
    return channel & mask;
  }
}

function columnXors(order: readonly Field[], bits: FieldBits) {
  let shift = 0;
  return order
    .filter((field) => bits[field] > 0)
    .map((field) => {
      const xor = { field: FIELDS.indexOf(field), shift, mask: 2 ** bits[field] - 1 };
      shift += bits[field];
      return xor;
    });
}
