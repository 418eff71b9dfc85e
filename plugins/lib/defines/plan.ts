import { memoriesOf, type ZigzagMemory } from 'tessera-sim/zigzag';
import type { ChainLayer, DefinesPoint } from './point.js';
import { inputSize, largestAlive, tileChain, type TileInput, type TileLayer } from './tile-chain.js';

/** Where what overlaps is kept for a kind of tile, and how much of it is written and read, by layer. */
export interface CachePlan {
  readonly horizontal: ZigzagMemory | undefined;
  readonly vertical: ZigzagMemory | undefined;
  readonly weights: ZigzagMemory;
  /** Columns of a layer's output that the next tile needs. */
  readonly writeColumns: ReadonlyMap<number, number>;
  readonly writeRows: ReadonlyMap<number, number>;
  /** Columns of a layer's input that the tile before left. */
  readonly readColumns: ReadonlyMap<number, number>;
  readonly readRows: ReadonlyMap<number, number>;
}

export interface StackShape {
  readonly stack: readonly ChainLayer[];
  readonly input: TileInput;
}

/** The lowest memory levels that hold feature maps, caches and weights of a tile, each above what is kept below. */
export function cachePlan(point: DefinesPoint, { stack, input }: StackShape, tileX: number, tileY: number, firstX: boolean, firstY: boolean): CachePlan {
  const keepsColumns = point.mode !== 'fully-recompute';
  const keepsRows = point.mode === 'fully-cached';
  const chain = tileChain(point, stack, input, tileX, tileY, { horizontal: !firstX, vertical: !firstY });
  const alive = largestAlive(tileChain(point, stack, input, tileX, tileY, { horizontal: !firstX && keepsColumns, vertical: !firstY && keepsRows }));
  const sizes = chain.slice(1).map((layer) => cacheBits(layer));
  const sum = (pick: (size: CacheBits) => number): number => sizes.reduce((all, size) => all + pick(size), 0);
  const overlapped = sum(({ corner }) => corner);

  const outputs = memoriesOf(point.core, 'O');
  const shared = (memory: ZigzagMemory): boolean => memory.operands.includes('I1') && point.instances.get(memory.name) === 1;
  const lowest = (fits: (memory: ZigzagMemory) => boolean): ZigzagMemory => outputs.find((memory) => shared(memory) && fits(memory)) ?? outputs.at(-1)!;
  const reserved = outputs.slice(0, outputs.indexOf(lowest(({ sizeBits }) => sizeBits >= alive)) + 1);
  const peakColumns = firstX ? alive : alive + sum(({ columns }) => columns);
  const horizontal = keepsColumns ? lowest(({ sizeBits }) => sizeBits >= peakColumns) : undefined;
  const peak = keepsRows ? peakColumns + sum(({ rows }) => rows) : keepsColumns ? peakColumns : alive;
  const vertical = keepsRows ? lowest((memory) => memory.sizeBits >= peak - (memory === horizontal ? overlapped : 0)) : undefined;

  const weightBits = stack.reduce(
    (all, { layer }) => all + weightElements(layer.loops, layer.operands.find(({ name }) => name === 'W')!.dims) * layer.precision['W']!,
    0,
  );
  const weightMemories = memoriesOf(point.core, 'I2');
  const weights =
    weightMemories.find((memory) => {
      let needed = weightBits;
      if (reserved.includes(memory)) needed = weightBits + alive;
      if (memory === horizontal) needed = weightBits + peakColumns;
      if (memory === vertical) needed = weightBits + peak - (memory === horizontal ? overlapped : 0);
      return memory.sizeBits >= needed;
    }) ?? weightMemories.at(-1)!;
  const consumers = chain.slice(1);
  const producers = chain.slice(0, -1);
  const written = (overlap: (layer: TileLayer) => number, loop: 'OX' | 'OY', isFirst: boolean): Map<number, number> =>
    new Map(
      producers.map((producer, index) => [producer.id, isFirst ? overlap(consumers[index]!) : Math.min(overlap(consumers[index]!), producer.loops[loop] ?? 1)]),
    );
  return {
    horizontal,
    vertical,
    weights,
    writeColumns: written(({ overlapX }) => overlapX, 'OX', firstX),
    writeRows: written(({ overlapY }) => overlapY, 'OY', firstY),
    readColumns: new Map(firstX ? [] : consumers.map(({ id, overlapX }) => [id, overlapX])),
    readRows: new Map(firstY ? [] : consumers.map(({ id, overlapY }) => [id, overlapY])),
  };
}

const weightElements = (loops: Readonly<Record<string, number>>, dims: readonly string[]): number => dims.reduce((all, dim) => all * (loops[dim] ?? 1), 1);

interface CacheBits {
  readonly columns: number;
  readonly rows: number;
  /** What is in both. */
  readonly corner: number;
}

/** Bits of a layer's input that are kept for the neighbours: columns of the tile, rows of the whole width. */
function cacheBits({ layer, source, overlapX, overlapY, inputBits }: TileLayer): CacheBits {
  const x = inputSize(layer!, 'X');
  const y = inputSize(layer!, 'Y');
  const bits = layer!.precision['I']!;
  const elements = inputBits / bits;
  const wholeX = inputSize(source!.layer, 'X').size;
  const columns = x.slides ? Math.floor(elements / x.size) * overlapX * bits : 0;
  const rows = y.slides ? Math.floor((Math.floor(elements / x.size) * wholeX) / y.size) * overlapY * bits : 0;
  const corner = x.slides && y.slides ? Math.floor((Math.floor(elements / x.size) * overlapX) / y.size) * overlapY * bits : 0;
  return { columns, rows, corner };
}
