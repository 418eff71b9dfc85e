import { counted, Grid, isInside, shared, volume, type Numbers, type Range } from './grid.js';

/** What was written in one go, or what a home holds: of each element its version and who wrote it, as the operation's place plus 1. */
interface Block {
  readonly range: Range;
  readonly versions: Grid;
  readonly writers: Grid;
  /** 1: has been read. */
  readonly reads: Grid;
  /** Bits from the beginning of the buffer, where that is known. */
  readonly bits: readonly [number, number] | undefined;
}

function blockOf(range: Range, version: number, writer: number, bits?: readonly [number, number]): Block {
  return { range, versions: new Grid(range, version), writers: new Grid(range, writer), reads: new Grid(range), bits };
}

/** Where tensors lie: a buffer, or the home of one tensor. */
export class Place {
  /** The last operation that wrote to it, by its place. */
  lastWriter = -1;
  private readonly blocks = new Map<string, Block[]>();

  /** @param bytes 0 for a home; @param aliases places that share bytes with it, and where it begins, in bits */
  constructor(
    readonly name: string,
    readonly isHome: boolean,
    readonly bytes: number,
    readonly start: number | undefined,
    readonly aliases: Place[] = [],
  ) {}

  /** A home holds its tensor in one block from the start. */
  hold(tensor: string, range: Range, version: number): void {
    this.blocks.set(tensor, [blockOf(range, version, 0)]);
  }

  tensors(): string[] {
    return [...this.blocks.keys()].filter((name) => this.blocks.get(name)!.some(({ versions }) => versions.present > 0));
  }

  versions(tensor: string, range: Range): Numbers {
    return this.pick(tensor, range, ({ versions }) => versions);
  }

  reads(tensor: string, range: Range): Numbers {
    return this.pick(tensor, range, ({ reads }) => reads);
  }

  /** Who wrote the elements of a box: elements by the operation's place plus 1. */
  writers(tensor: string, range: Range): Map<number, number> {
    const found = new Map<number, number>();
    counted(
      this.pick(tensor, range, ({ writers }) => writers),
      volume(range),
      found,
    );
    return found;
  }

  markRead(tensor: string, range: Range): void {
    for (const block of this.blocksAt(tensor, range)) block.reads.set(shared(range, block.range)!, 1);
  }

  /** The smallest box around all that is there of a tensor; undefined when nothing is. */
  bounding(tensor: string): Range | undefined {
    const ranges = (this.blocks.get(tensor) ?? []).flatMap(presentRange);
    const [first, ...rest] = ranges;
    return rest.reduce<Range | undefined>(
      (all, { low, high }) => ({ low: all!.low.map((value, d) => Math.min(value, low[d]!)), high: all!.high.map((value, d) => Math.max(value, high[d]!)) }),
      first,
    );
  }

  /** @param elementBits for where it lies, in a buffer with an address */
  put(tensor: string, range: Range, versions: Numbers, writer: number, elementBits: number): void {
    const blocks = this.blocks.get(tensor) ?? [];
    let block = blocks.find((one) => isInside(range, one.range));
    const wasEmpty = this.tensors().length === 0;
    if (block === undefined) {
      this.drop(tensor, range);
      block = blockOf(range, 0, 0, wasEmpty ? [0, volume(range) * elementBits] : undefined);
      this.blocks.set(tensor, [...(this.blocks.get(tensor) ?? []), block]);
    }
    block.versions.set(range, versions);
    block.writers.set(range, writer);
    block.reads.set(range, 0);
    this.endAliases(block);
  }

  drop(tensor: string, range: Range): void {
    const blocks = this.blocks.get(tensor) ?? [];
    for (const block of this.blocksAt(tensor, range)) block.versions.set(shared(range, block.range)!, 0);
    if (!this.isHome)
      this.blocks.set(
        tensor,
        blocks.filter(({ versions }) => versions.present > 0),
      );
  }

  clear(): void {
    this.blocks.clear();
  }

  /** Elements that are there, by tensor. */
  present(): Map<string, number> {
    return new Map([...this.blocks].map(([tensor, blocks]) => [tensor, blocks.reduce((sum, { versions }) => sum + versions.present, 0)]));
  }

  private pick(tensor: string, range: Range, grid: (block: Block) => Grid): Numbers {
    const blocks = this.blocksAt(tensor, range);
    const [only] = blocks;
    if (only === undefined) return 0;
    if (blocks.length === 1) return grid(only).get(range);
    const all = new Grid(range);
    // Of blocks that share elements all but one have nothing there.
    for (const block of blocks) {
      const both = shared(range, block.range)!;
      const here = block.versions.get(both);
      if (here === 0) continue;
      all.set(both, typeof here === 'number' ? grid(block).get(both) : kept(all.get(both), grid(block).get(both), here));
    }
    return all.get(range);
  }

  private blocksAt(tensor: string, range: Range): Block[] {
    return (this.blocks.get(tensor) ?? []).filter((block) => shared(range, block.range) !== undefined);
  }

  /**
   * What other places hold in the bytes of a block is gone, the whole blocks. Where a block's bytes are not known it may have any of its
   * place: rather too much is ended than too little.
   */
  private endAliases(block: Block): void {
    for (const alias of this.aliases) {
      for (const [tensor, blocks] of alias.blocks) {
        for (const other of blocks) if (touch(bitsIn(this, block), bitsIn(alias, other))) other.versions.set(other.range, 0);
        if (!alias.isHome)
          alias.blocks.set(
            tensor,
            blocks.filter(({ versions }) => versions.present > 0),
          );
      }
    }
  }
}

function kept(before: Numbers, values: Numbers, there: Int32Array): Int32Array {
  return there.map((present, i) => (present === 0 ? (typeof before === 'number' ? before : before[i]!) : typeof values === 'number' ? values : values[i]!));
}

function bitsIn({ start = 0, bytes }: Place, { bits }: Block): readonly [number, number] {
  const [from, to] = bits ?? [0, bytes * 8];
  return [start * 8 + from, start * 8 + Math.min(to, bytes * 8)];
}

function touch(a: readonly [number, number], b: readonly [number, number]): boolean {
  return a[0] < b[1] && b[0] < a[1];
}

/** The box around the elements of a block that are still there. */
function presentRange({ range, versions }: Block): Range[] {
  const numbers = versions.get(range);
  if (typeof numbers === 'number') return numbers === 0 ? [] : [range];
  const sizes = range.low.map((low, d) => range.high[d]! - low);
  const low = [...range.high];
  const high = [...range.low];
  numbers.forEach((number, position) => {
    if (number === 0) return;
    let rest = position;
    for (let d = sizes.length - 1; d >= 0; d--) {
      const at = range.low[d]! + (rest % sizes[d]!);
      rest = Math.floor(rest / sizes[d]!);
      low[d] = Math.min(low[d]!, at);
      high[d] = Math.max(high[d]!, at + 1);
    }
  });
  return low.every((value, d) => value < high[d]!) ? [{ low, high }] : [];
}
