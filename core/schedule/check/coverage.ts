import type { StateExchange } from '../../kernel/state.js';
import type { LayerView } from '../../mapping/layer-view.js';
import type { TileView } from '../../mapping/tile-view.js';
import type { ScheduleOperation } from '../form/form.js';
import { BoxList } from '../resolve/box-list.js';
import { Found, type Boxed } from '../resolve/boxed.js';
import { covers, exchangeExtent, merged, subtract, volumeOf, type Extent } from '../resolve/extent.js';
import { TileLog } from './tile-log.js';
import type { ViolationLog } from './violations.js';

/** A box that one or several tiles cover. */
class Tile implements Boxed {
  label = 0;
  stamp = 0;
  before: Tile | undefined = undefined;
  after: Tile | undefined = undefined;

  constructor(
    readonly extent: Extent,
    /** The youngest of its operations. */
    readonly operation: number,
  ) {}
}

/** Checks that the tiles of each layer cover every point of its iteration space exactly once. */
export class CoverageCheck {
  private readonly layers = new Map<LayerView, LayerCoverage>();

  constructor(
    layers: Iterable<LayerView>,
    private readonly log: ViolationLog,
  ) {
    for (const layer of layers) this.layers.set(layer, new LayerCoverage(layer));
  }

  /** Adds the tile of a compute or pim operation. */
  add(id: number, operation: ScheduleOperation, tile: TileView): void {
    this.layers.get(tile.layer)?.add(id, operation, tile, this.log);
  }

  state(s: StateExchange): void {
    for (const layer of this.layers.values()) layer.state(s);
  }

  /** Whether an operation computes part of a layer. */
  hasTiles(view: LayerView | undefined): boolean {
    return view !== undefined && this.layers.get(view)?.isBegun === true;
  }

  /** Call at the end of the schedule: reports what was not computed, of the layers that must be and of those that were begun. */
  finish(isDemanded: (layer: LayerView) => boolean): void {
    for (const [view, layer] of this.layers) if (layer.isBegun || isDemanded(view)) layer.finish(this.log);
  }
}

/** Tiles come as they are: their bounds are by the layer's loops. */
class LayerCoverage {
  private readonly name: string;
  private readonly loops: readonly string[];
  private readonly whole: Extent;
  /** Disjoint; neighbours are joined, so a regular tiling keeps this short. */
  private readonly tiles: BoxList<Tile>;
  private readonly found = new Found<Tile>();
  private readonly grown: { readonly low: number[]; readonly high: number[] };
  private readonly log: TileLog;

  constructor(layer: LayerView) {
    this.name = layer.name;
    this.loops = layer.loops;
    this.whole = layer.whole;
    this.tiles = new BoxList(this.whole);
    this.log = new TileLog(this.loops.length);
    this.grown = { low: this.loops.map(() => 0), high: this.loops.map(() => 0) };
  }

  get isBegun(): boolean {
    return this.tiles.first !== undefined;
  }

  add(id: number, operation: ScheduleOperation, extent: Extent, log: ViolationLog): void {
    this.checkShape(id, operation, extent, log);
    const { found, tiles } = this;
    tiles.overlapping(extent, found);
    const clash = found.items[0];
    if (found.count === 0 || clash === undefined) {
      this.log.add(id, extent);
      this.insert(new Tile(extent, id));
      return;
    }
    if (operation.recompute !== true) {
      // A walk through all tiles: not for a sentence that nobody will read.
      const owner = (log.isFull ? undefined : this.log.ownerOf(extent)) ?? clash.operation;
      log.report({
        rule: 'coverage',
        message: `operation ${id} computes points of layer '${this.name}' that operation ${owner} has computed (mark it 'recompute' if that is meant)`,
        advice: 'let the tiles of a layer share no point',
        operations: [owner, id],
        layer: this.name,
      });
    }
    let rest: Extent[] = [extent];
    for (const tile of found.items.slice(0, found.count)) rest = rest.flatMap((part) => subtract(part, tile.extent));
    for (const part of rest) {
      this.log.add(id, part);
      this.insert(new Tile(part, id));
    }
  }

  state(s: StateExchange): void {
    this.log.state(s);
    const tiles: Tile[] = [];
    for (let tile = this.tiles.first; tile !== undefined; tile = tile.after) tiles.push(tile);
    s.list(tiles, (tile) => {
      const extent = exchangeExtent(s, tile?.extent);
      const operation = s.operationId(tile?.operation ?? -1);
      return tile ?? new Tile(extent, operation);
    });
    if (!s.loading) return;
    this.tiles.clear();
    for (const tile of tiles) this.tiles.push(tile);
  }

  finish(log: ViolationLog): void {
    let covered = 0;
    for (let tile = this.tiles.first; tile !== undefined; tile = tile.after) covered += volumeOf(tile.extent);
    const wanted = volumeOf(this.whole);
    if (covered >= wanted) return;
    log.report({
      rule: 'coverage',
      message: `layer '${this.name}': ${wanted - covered} of ${wanted} points of its iteration space are never computed`,
      advice: 'add the tiles that are missing',
      operations: [],
      layer: this.name,
    });
  }

  private checkShape(id: number, operation: ScheduleOperation, extent: Extent, log: ViolationLog): void {
    if (covers(this.whole, extent) && this.knowsLoops(operation)) return;
    const { loops = {}, at = {} } = operation;
    const unknown = Object.keys({ ...loops, ...at }).find((loop) => !this.loops.includes(loop) && ((loops[loop] ?? 1) !== 1 || (at[loop] ?? 0) !== 0));
    const outside = this.loops.find((_, d) => extent.low[d]! < 0 || extent.high[d]! > this.whole.high[d]!);
    if (unknown === undefined && outside === undefined) return;
    const what = unknown === undefined ? `its tile leaves loop ${outside}` : `layer '${this.name}' has no loop ${unknown}`;
    log.report({
      rule: 'shape-mismatch',
      message: `operation ${id}: ${what}`,
      advice: 'keep the tile inside of its layer',
      operations: [id],
      layer: this.name,
    });
  }

  private knowsLoops(operation: ScheduleOperation): boolean {
    for (const loop in operation.loops) if (!this.loops.includes(loop)) return false;
    for (const loop in operation.at) if (!this.loops.includes(loop)) return false;
    return true;
  }

  /** Joins the new tile with a neighbour as long as that makes one box. */
  private insert(tile: Tile): void {
    let current = tile;
    for (let other = this.neighbour(current.extent); other !== undefined; other = this.neighbour(current.extent)) {
      const joint = merged(other.extent, current.extent)!;
      this.tiles.remove(other);
      current = new Tile(joint, current.operation);
    }
    this.tiles.push(current);
  }

  /** The youngest tile that makes one box with this one. */
  private neighbour(extent: Extent): Tile | undefined {
    const { found } = this;
    // What touches a box overlaps it once it has grown by one on every side.
    const { low, high } = this.grown;
    for (let d = 0; d < low.length; d++) {
      low[d] = extent.low[d]! - 1;
      high[d] = extent.high[d]! + 1;
    }
    this.tiles.overlapping(this.grown, found);
    for (let i = found.count - 1; i >= 0; i--) if (merged(found.items[i]!.extent, extent) !== undefined) return found.items[i];
    return undefined;
  }
}
