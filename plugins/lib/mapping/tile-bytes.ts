import type { Box } from 'tessera-sim';
import type { Hardware } from './hardware.js';
import { homeBytes } from './home-layout.js';
import { bytesOfRegion, dependsOn, type MappedLayer, type MappedNetwork, type MappedOperand } from './mapped-layer.js';
import { tileAt, typicalTile, type TileSizes } from './tiling.js';

/** Bytes of an operand's tile. */
export interface TileBytes {
  /** The largest of the first tiles (those with the widest halo are among them) and the last. */
  readonly largest: number;
  /** What the home memory spends on a typical tile. */
  readonly atHome: number;
}

/** Bytes of the tiles of a part of one layer, worked out once for each shape that an operand sees: many tilings share them. */
export class TileSizer {
  private readonly known = new Map<MappedOperand, Map<number, TileBytes>>();
  private readonly loopsOf = new Map<MappedOperand, readonly string[]>();

  constructor(
    private readonly network: MappedNetwork,
    private readonly hardware: Hardware,
    layer: MappedLayer,
    private readonly part: Box,
  ) {
    for (const operand of [...layer.inputs, ...layer.outputs]) {
      this.known.set(operand, new Map());
      this.loopsOf.set(
        operand,
        Object.keys(layer.loops).filter((loop) => dependsOn(operand, layer.loops, loop)),
      );
    }
  }

  /** Loops that move the operand's region. */
  loops(operand: MappedOperand): readonly string[] {
    return this.loopsOf.get(operand) as readonly string[];
  }

  of(operand: MappedOperand, sizes: TileSizes): TileBytes {
    const key = this.keyOf(operand, sizes);
    const known = this.known.get(operand) as Map<number, TileBytes>;
    let bytes = known.get(key);
    if (bytes === undefined) known.set(key, (bytes = this.measure(operand, sizes)));
    return bytes;
  }

  /** The tile's sizes as digits of one number. */
  private keyOf(operand: MappedOperand, sizes: TileSizes): number {
    let key = 0;
    for (const loop of this.loops(operand)) {
      const [low, high] = this.part[loop]!;
      const whole = high - low;
      key = key * (whole + 1) + Math.min(whole, sizes[loop] ?? whole);
    }
    return key;
  }

  private measure(operand: MappedOperand, sizes: TileSizes): TileBytes {
    const { part } = this;
    const typical = operand.region(typicalTile(part, sizes));
    const edges = [0, 1, 2, Infinity].map((position) => operand.region(tileAt(part, sizes, position)));
    const largest = Math.max(...[typical, ...edges].map((region) => bytesOfRegion(operand, region)));
    return { largest, atHome: homeBytes(this.network, this.hardware, operand, typical) };
  }
}

const BUFFER_ALIGNMENT_BYTES = 64;

/** Buffers start at a whole wide word. */
export function aligned(bytes: number): number {
  return Math.ceil(bytes / BUFFER_ALIGNMENT_BYTES) * BUFFER_ALIGNMENT_BYTES;
}
