import { InputError, wholeBox } from 'tessera-sim';
import { bytesOfRegion, LayerPlanner, type Hardware, type LayerPlan, type MappedLayer, type MappedNetwork, type TileSizes } from 'tessera-sim/mapping';
import { divide, type HaloMode, type Placement, type StackShape } from './events.js';
import { placementsOf, preferencesOf, spread, type PlacementChoice } from './placements.js';
import { StackEstimator, type StackEstimate, type StackOption } from './stack-estimate.js';
import { planStack, shortageOf, type Shortage, type StackPlan } from './stack-stage.js';
import { StackTable } from './stack-table.js';

export interface StackRules {
  /** `auto`, or lists of layer names; layers in no list go layer by layer. */
  readonly stacks: 'auto' | readonly (readonly string[])[];
  /** Tile of a stack's last layer; 0 or absent: chosen (rows) or whole (columns). */
  readonly tile: TileSizes;
  readonly halo: HaloMode;
  readonly placement: PlacementChoice;
  readonly split: string;
  readonly maxStackLayers: number;
}

/** A stage to be: a fused stack, or one layer with its operands from home. */
export type Chosen = { readonly stack: StackPlan } | { readonly layer: LayerPlan };

interface PlacedTile {
  readonly placement: ReadonlyMap<MappedLayer, Placement>;
  readonly tile: TileSizes;
}

/** Steps that layers of a spread stack run ahead of their readers. */
const SPREAD_LEAD = 1;
/** Heights of row tiles that are tried, besides the whole: a stack's point is that its line buffers are small. */
const ROWS = [1, 2, 3, 4, 6, 8, 12, 16, 24, 32];
/** Options of a stack that are built before it is given up: the first nearly always fits. */
const MOST_BUILT = 8;

export function chooseStacks(network: MappedNetwork, hardware: Hardware, rules: StackRules): Chosen[] {
  return new StackChooser(network, hardware, rules).choose();
}

class StackChooser {
  private readonly plans = new Map<MappedLayer, LayerPlan | InputError>();
  private readonly planner: LayerPlanner;
  private readonly estimator: StackEstimator;

  constructor(
    private readonly network: MappedNetwork,
    private readonly hardware: Hardware,
    private readonly rules: StackRules,
  ) {
    this.planner = new LayerPlanner(network, hardware, rules.split);
    this.estimator = new StackEstimator(network, hardware, rules.maxStackLayers);
  }

  choose(): Chosen[] {
    const given = this.rules.stacks === 'auto' ? undefined : this.givenStacks(this.rules.stacks);
    if (given === undefined) return this.cheapest();
    const chosen: Chosen[] = [];
    for (let index = 0; index < this.network.layers.length;) {
      const stack = this.given(given, index);
      chosen.push(stack === undefined ? { layer: this.alone(this.network.layers[index] as MappedLayer) } : { stack });
      index += stack?.shape.layers.length ?? 1;
    }
    return chosen;
  }

  /** The division into stacks and single layers with the least predicted time. What is chosen is built; what then does not fit is not chosen again. */
  private cheapest(): Chosen[] {
    const { layers } = this.network;
    const found = new StackTable(layers.length);
    for (let end = 1; end < layers.length; end++) {
      for (const option of this.spreads(layers[end] as MappedLayer)) for (const estimate of this.estimator.endingIn(end, option)) found.add(estimate);
    }
    const alone = layers.map((layer) => this.planAlone(layer));
    for (;;) {
      const chosen: Chosen[] = [];
      const segments = found.cheapest(alone.map((plan) => (plan instanceof InputError ? Infinity : plan.cost)));
      const isBuilt = segments.every(({ start, end }) => {
        if (start === end) return chosen.push({ layer: this.alone(layers[start] as MappedLayer) });
        const stack = this.build(layers.slice(start, end + 1), found.options(start, end));
        if (stack === undefined) found.remove(start, end);
        else chosen.push({ stack });
        return stack !== undefined;
      });
      if (isBuilt) return chosen;
    }
  }

  /** The first of the options that fits when it is built. */
  private build(layers: readonly MappedLayer[], estimates: readonly StackEstimate[]): StackPlan | undefined {
    if (this.rules.placement !== 'spread' || this.rules.halo !== 'cached') return this.bestPlan(layers);
    for (const { option } of estimates.slice(0, MOST_BUILT)) {
      const placement = new Map(layers.map((layer) => [layer, spread(this.hardware, layer, option.loops, option.cores)]));
      const plan = planStack(this.network, this.hardware, this.shapeOf(layers, { placement, tile: this.tileOf(option.rows) }));
      if (plan !== undefined && shortageOf(plan) === undefined) return plan;
    }
    return undefined;
  }

  /** Ways to spread a stack that ends in a layer. */
  private spreads(driver: MappedLayer): StackOption[] {
    const most = this.hardware.workers.length;
    const cores = [...Array.from({ length: Math.ceil(Math.log2(most)) }, (_, power) => 2 ** power), most];
    const preferences = preferencesOf(this.rules.split);
    return this.tilesOf(driver).flatMap(({ OY: rows = 1 }) => cores.flatMap((count) => preferences.map((loops) => ({ cores: count, loops, rows }))));
  }

  /** The fastest of the placements and tiles that fit. */
  private bestPlan(layers: readonly MappedLayer[]): StackPlan | undefined {
    let best: StackPlan | undefined;
    for (const option of this.optionsOf(layers)) {
      const shape = this.shapeOf(layers, option);
      if (weightsExceed(shape)) continue;
      const plan = planStack(this.network, this.hardware, shape, best?.seconds);
      if (plan !== undefined && shortageOf(plan) === undefined) best = plan;
    }
    return best;
  }

  private optionsOf(layers: readonly MappedLayer[]): PlacedTile[] {
    const placements = placementsOf(this.hardware, layers, this.rules.placement, this.rules.split);
    const driver = layers.at(-1) as MappedLayer;
    return placements.flatMap((placement) => this.tilesOf(driver).map((tile) => ({ placement, tile })));
  }

  private shapeOf(layers: readonly MappedLayer[], { placement, tile }: PlacedTile): StackShape {
    const workers = new Set([...placement.values()].flatMap((place) => place.workers)).size;
    const areLanesApart = this.rules.halo === 'recomputed' && this.rules.placement === 'spread';
    return { layers, placement, tile, halo: this.rules.halo, lead: workers > 1 && !areLanesApart ? SPREAD_LEAD : 0 };
  }

  private tilesOf(driver: MappedLayer): TileSizes[] {
    const { OY = 0 } = this.rules.tile;
    const rows = driver.loops['OY'] ?? 1;
    if (OY > 0) return [this.tileOf(Math.min(OY, rows))];
    const balanced = ROWS.filter((size) => size < rows).map((size) => Math.ceil(rows / Math.ceil(rows / size)));
    return [...new Set([...balanced, rows])].map((size) => this.tileOf(size));
  }

  private tileOf(rows: number): TileSizes {
    return { OY: rows, ...Object.fromEntries(Object.entries(this.rules.tile).filter(([loop, size]) => loop !== 'OY' && size > 0)) };
  }

  private givenStacks(stacks: readonly (readonly string[])[]): Map<MappedLayer, readonly MappedLayer[]> {
    const byFirst = new Map<MappedLayer, readonly MappedLayer[]>();
    stacks.forEach((names, index) => {
      const path = `mapper.with.stacks[${index}]`;
      const layers = names.map((name) => {
        const layer = this.network.layers.find((candidate) => candidate.name === name || candidate.folded.includes(name));
        if (layer === undefined)
          throw new InputError({
            path,
            message: `no layer '${name}'`,
            expected: `layers of the workload, e.g. ${this.network.layers
              .slice(0, 4)
              .map(({ name: known }) => known)
              .join(', ')}`,
          });
        return layer;
      });
      const sorted = [...new Set(layers)].sort((a, b) => a.index - b.index);
      const gap = sorted.find((layer, at) => layer.index !== (sorted[0] as MappedLayer).index + at);
      if (gap !== undefined)
        throw new InputError({
          path,
          message: `layer '${gap.name}' does not follow the one before it`,
          expected: 'layers that are neighbours in the workload',
        });
      const taken = sorted.find((layer) => [...byFirst.values()].some((other) => other.includes(layer)));
      if (taken !== undefined) throw new InputError({ path, message: `layer '${taken.name}' is in two stacks` });
      if (sorted[0] !== undefined) byFirst.set(sorted[0], sorted);
    });
    return byFirst;
  }

  private given(stacks: ReadonlyMap<MappedLayer, readonly MappedLayer[]>, index: number): StackPlan | undefined {
    const layers = stacks.get(this.network.layers[index] as MappedLayer);
    if (layers === undefined) return undefined;
    const found = new StackTable(this.network.layers.length);
    for (const option of this.spreads(layers.at(-1) as MappedLayer)) {
      for (const estimate of this.estimator.endingIn(index + layers.length - 1, option)) if (estimate.start === index) found.add(estimate);
    }
    const plan = this.build(layers, found.options(index, index + layers.length - 1)) ?? this.bestPlan(layers);
    if (plan !== undefined) return plan;
    throw this.doesNotFit(layers);
  }

  private doesNotFit(layers: readonly MappedLayer[]): InputError {
    const plans = this.optionsOf(layers).map((option) => planStack(this.network, this.hardware, this.shapeOf(layers, option)) as StackPlan);
    const shortages = plans.map(shortageOf).filter((shortage): shortage is Shortage => shortage !== undefined);
    const least = shortages.reduce((a, b) => (b.missingBytes < a.missingBytes ? b : a));
    const { worker, missingBytes, largest } = least;
    const user = layers.find((layer) => [...layer.inputs, ...layer.outputs].some(({ tensor }) => tensor === largest.tensor));
    const operand = [...(user?.inputs ?? []), ...(user?.outputs ?? [])].find(({ tensor }) => tensor === largest.tensor);
    return new InputError({
      path: `layer ${user?.name ?? (layers[0] as MappedLayer).name}`,
      message: `the stack from '${(layers[0] as MappedLayer).name}' to '${(layers.at(-1) as MappedLayer).name}' lacks ${missingBytes} bytes in '${worker.memory}'; its largest operand there is ${operand?.name ?? ''} ('${largest.tensor}') with ${largest.peakBytes} bytes`,
      expected: `fewer layers in the stack, a smaller tile, or a larger ${worker.memory}`,
    });
  }

  private alone(layer: MappedLayer): LayerPlan {
    const plan = this.planAlone(layer);
    if (plan instanceof InputError) throw plan;
    return plan;
  }

  private planAlone(layer: MappedLayer): LayerPlan | InputError {
    let plan = this.plans.get(layer);
    if (plan === undefined) {
      try {
        plan = this.planner.plan(layer);
      } catch (error) {
        if (!(error instanceof InputError)) throw error;
        plan = error;
      }
      this.plans.set(layer, plan);
    }
    return plan;
  }
}

/** Cheap test before a stack is planned in full: its weights alone are too many for some worker, or one has no memory. */
function weightsExceed(shape: StackShape): boolean {
  const bytes = new Map<Placement['workers'][number], number>();
  for (const layer of shape.layers) {
    for (const [worker, part] of divide(layer, shape.placement.get(layer) as Placement, wholeBox(layer.loops))) {
      const weights = layer.inputs.filter(({ role }) => role === 'weight').reduce((sum, operand) => sum + bytesOfRegion(operand, operand.region(part)), 0);
      bytes.set(worker, (bytes.get(worker) ?? 0) + weights);
    }
  }
  return [...bytes].some(([worker, needed]) => worker.dma === undefined || needed > worker.capacityBytes);
}
