import { boxSizes, boxVolume, type Box } from 'tessera-sim';
import { engineFor, type Engine, type Hardware, type Worker } from './hardware.js';
import { dependsOn, type MappedLayer, type MappedNetwork, type MappedOperand } from './mapped-layer.js';
import type { Share, Split } from './split.js';
import { TileSizer } from './tile-bytes.js';
import { tileSeconds, tileShape } from './tile-shape.js';
import { tileCounts, typicalTile, type TileSizes } from './tiling.js';

/** Part of its time at the home memory that a plan's traffic costs beside its time: of plans that take as long, the one that moves less is better. */
const TRAFFIC_WEIGHT = 0.5;

/** Issue, first reads and last writes of a tile, which closed forms leave out: a few bursts and round trips. Keeps tiles from becoming too many. */
const START_CYCLES = 256;

/** By which plans are compared, in seconds. */
export function planCost(hardware: Hardware, seconds: number, homeBytes: number): number {
  return seconds + (TRAFFIC_WEIGHT * homeBytes) / hardware.homeBytesPerSecond;
}

/**
 * Predicts the time of a layer that takes its operands from home tile by tile, to compare plans: no contention, no more than
 * closed forms. What several cores need is read once and sent to all of them.
 */
export class LayerCost {
  readonly engine: Engine;
  /** The largest share: the others wait for it. */
  readonly part: Box;
  readonly capacityBytes: number;
  readonly sizer: TileSizer;
  private readonly operands: readonly MappedOperand[];
  private readonly worker: Worker;
  private readonly known = new Map<string, number>();

  constructor(
    private readonly hardware: Hardware,
    private readonly layer: MappedLayer,
    private readonly split: Split,
    network: MappedNetwork,
  ) {
    const { shares } = split;
    this.operands = [...layer.inputs, ...layer.outputs];
    this.worker = (shares[0] as Share).worker;
    this.engine = engineFor(this.worker, layer) as Engine;
    this.part = shares.reduce((best, { part }) => (boxVolume(part) > boxVolume(best) ? part : best), (shares[0] as Share).part);
    this.sizer = new TileSizer(network, hardware, layer, this.part);
    this.capacityBytes = Math.min(...shares.map(({ worker }) => worker.capacityBytes));
  }

  /** No plan of this split is faster: the largest share in one go, every operand moved once. */
  leastSeconds(): number {
    const compute = this.engine.facts.tileCycles(tileShape(this.layer, this.part)) / this.engine.frequencyHz;
    return Math.max(compute, this.leastBytes() / this.hardware.homeBytesPerSecond);
  }

  /** Nor is any cheaper. */
  leastCost(): number {
    return planCost(this.hardware, this.leastSeconds(), this.leastBytes());
  }

  private leastBytes(): number {
    return this.operands.reduce((bytes, operand) => bytes + this.sizer.of(operand, {}).atHome * this.distinct(operand), 0);
  }

  /**
   * The slowest of the largest share's arithmetic, the home memory's port and a transfer engine with its cost per transfer,
   * plus the first fill and the last drain.
   *
   * @param order cut loops, outermost first
   */
  of(sizes: TileSizes, order: readonly string[]): { readonly seconds: number; readonly cost: number } {
    const { part } = this;
    const counts = tileCounts(part, sizes);
    const tiles = order.reduce((product, loop) => product * (counts[loop] ?? 1), 1);
    const ragged = order.reduce((product, loop) => product * raggedness(part, sizes, counts, loop), 1);
    const workers = this.split.shares.length;
    let moved = 0;
    let edges = 0;
    let transfers = 0;
    let received = 0;
    for (const operand of this.operands) {
      const bytes = this.sizer.of(operand, sizes).atHome;
      const loads = loadsOf(this.layer, operand, counts, order);
      const distinct = this.distinct(operand);
      moved += bytes * distinct * loads * ragged;
      edges += bytes * distinct;
      transfers += (loads * distinct) / workers;
      received += bytes * loads * ragged;
    }
    const { transferSeconds, bytesPerSecond } = this.worker;
    const bandwidth = this.hardware.homeBytesPerSecond;
    const transferring = transfers * transferSeconds + Math.max(received / bytesPerSecond, moved / workers / bandwidth);
    const compute = (this.computeSeconds(sizes) * this.passingOn(sizes, counts) * ragged + START_CYCLES / this.engine.frequencyHz) * tiles;
    const seconds = Math.max(compute, moved / bandwidth, transferring) + edges / bandwidth;
    return { seconds, cost: planCost(this.hardware, seconds, moved) };
  }

  /** How many of the shares see different regions of the operand. */
  private distinct(operand: MappedOperand): number {
    let distinct = 1;
    for (const loop in this.split.pieces) if (dependsOn(operand, this.layer.loops, loop)) distinct *= this.split.pieces[loop]!;
    return distinct;
  }

  /** A cut sum reads and writes its partial sums once a tile: as much as one more fold of the array's rows. */
  private passingOn(sizes: TileSizes, counts: Readonly<Record<string, number>>): number {
    const { reductions } = this.layer;
    if (reductions.every((loop) => (counts[loop] ?? 1) === 1)) return 1;
    const length = reductions.reduce((product, loop) => product * Math.min(sizes[loop] ?? Infinity, this.part[loop]![1] - this.part[loop]![0]), 1);
    return 1 + this.engine.facts.rows / length;
  }

  private computeSeconds(sizes: TileSizes): number {
    const tile = typicalTile(this.part, sizes);
    const key = Object.values(boxSizes(tile)).join();
    let seconds = this.known.get(key);
    if (seconds === undefined) this.known.set(key, (seconds = tileSeconds(this.engine, this.layer, tile)));
    return seconds;
  }
}

/** Average tile size over the full one. */
function raggedness(part: Box, sizes: TileSizes, counts: Readonly<Record<string, number>>, loop: string): number {
  const [low, high] = part[loop] ?? [0, 1];
  return (high - low) / ((counts[loop] ?? 1) * (sizes[loop] ?? high - low));
}

/** Times that an operand's tile is moved: once for each turn of the loops from the outermost to the innermost that changes it. */
function loadsOf(layer: MappedLayer, operand: MappedOperand, counts: Readonly<Record<string, number>>, order: readonly string[]): number {
  let turns = 1;
  let loads = 1;
  for (const loop of order) {
    if (operand.role === 'output' && layer.reductions.includes(loop)) continue;
    turns *= counts[loop] ?? 1;
    if (operand.role === 'output' || dependsOn(operand, layer.loops, loop)) loads = turns;
  }
  return loads;
}
