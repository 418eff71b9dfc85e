import { InputError, wholeBox } from 'tessera-sim';
import {
  bytesOfRegion,
  halvings,
  planSplitLayer,
  type Hardware,
  type LayerPlan,
  type MappedLayer,
  type MappedNetwork,
  type TileSizes,
} from 'tessera-sim/mapping';
import { divide, type HaloMode, type Placement, type StackShape } from './events.js';
import { escapes } from './items.js';
import { placementsOf, type PlacementChoice } from './placements.js';
import { planStack, shortageOf, type Shortage, type StackPlan } from './stack-stage.js';

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

interface StackOption {
  readonly placement: ReadonlyMap<MappedLayer, Placement>;
  readonly tile: TileSizes;
}

/** Steps that layers of a spread stack run ahead of their readers. */
const SPREAD_LEAD = 1;
/** Taller row tiles than this (but the whole) are not tried: a stack's point is that its line buffers are small. */
const MOST_ROWS = 32;

export function chooseStacks(network: MappedNetwork, hardware: Hardware, rules: StackRules): Chosen[] {
  return new StackChooser(network, hardware, rules).choose();
}

class StackChooser {
  private readonly plans = new Map<MappedLayer, LayerPlan | InputError>();

  constructor(
    private readonly network: MappedNetwork,
    private readonly hardware: Hardware,
    private readonly rules: StackRules,
  ) {}

  choose(): Chosen[] {
    const given = this.rules.stacks === 'auto' ? undefined : this.givenStacks(this.rules.stacks);
    const chosen: Chosen[] = [];
    for (let index = 0; index < this.network.layers.length;) {
      const stack = given === undefined ? this.grow(index) : this.given(given, index);
      chosen.push(stack === undefined ? { layer: this.alone(this.network.layers[index] as MappedLayer) } : { stack });
      index += stack?.shape.layers.length ?? 1;
    }
    return chosen;
  }

  /** The stack from a layer on that saves most against layer by layer; undefined when none does. */
  private grow(start: number): StackPlan | undefined {
    let best: StackPlan | undefined;
    let latest: StackPlan | undefined;
    let bestSaving = 0;
    let separately = 0;
    for (let end = start; end < Math.min(this.network.layers.length, start + this.rules.maxStackLayers); end++) {
      const layers = this.network.layers.slice(start, end + 1);
      const last = this.planAlone(layers.at(-1) as MappedLayer);
      separately += last instanceof InputError ? Infinity : last.seconds;
      if (layers.length === 1 || !this.isCut(layers)) continue;
      latest = this.bestPlan(layers, latest);
      if (latest === undefined) break;
      const saving = separately - latest.seconds;
      if (saving > bestSaving) [best, bestSaving] = [latest, saving];
    }
    return best;
  }

  /** Whether nothing but the last layer's result leaves the stack: not in the middle of a residual block. */
  private isCut(layers: readonly MappedLayer[]): boolean {
    return layers.slice(0, -1).every(({ outputs }) => outputs.every(({ tensor }) => !escapes(this.network, layers, tensor)));
  }

  /**
   * The fastest of the placements and tiles that fit.
   *
   * @param like plan of a slightly shorter stack: what is close to it is tried first, and alone if something fits
   */
  private bestPlan(layers: readonly MappedLayer[], like?: StackPlan): StackPlan | undefined {
    const options = this.optionsOf(layers);
    const near = like === undefined ? [] : options.filter((option) => isClose(option, like));
    return (
      this.fastest(layers, near) ??
      this.fastest(
        layers,
        options.filter((option) => !near.includes(option)),
      )
    );
  }

  private fastest(layers: readonly MappedLayer[], options: readonly StackOption[]): StackPlan | undefined {
    let best: StackPlan | undefined;
    for (const option of options) {
      const shape = this.shapeOf(layers, option);
      if (weightsExceed(shape)) continue;
      const plan = planStack(this.network, this.hardware, shape, best?.seconds);
      if (plan !== undefined && shortageOf(plan) === undefined) best = plan;
    }
    return best;
  }

  private optionsOf(layers: readonly MappedLayer[]): StackOption[] {
    const placements = placementsOf(this.hardware, layers, this.rules.placement, this.rules.split);
    const driver = layers.at(-1) as MappedLayer;
    return placements.flatMap((placement) => this.tilesOf(driver).map((tile) => ({ placement, tile })));
  }

  private shapeOf(layers: readonly MappedLayer[], { placement, tile }: StackOption): StackShape {
    const workers = new Set([...placement.values()].flatMap((place) => place.workers)).size;
    const areLanesApart = this.rules.halo === 'recomputed' && this.rules.placement === 'spread';
    return { layers, placement, tile, halo: this.rules.halo, lead: workers > 1 && !areLanesApart ? SPREAD_LEAD : 0 };
  }

  private tilesOf(driver: MappedLayer): TileSizes[] {
    const { OY = 0, ...others } = this.rules.tile;
    const kept = Object.fromEntries(Object.entries(others).filter(([, size]) => size > 0));
    const rows = driver.loops['OY'] ?? 1;
    if (OY > 0) return [{ OY: Math.min(OY, rows), ...kept }];
    return halvings(rows)
      .filter((size) => size <= MOST_ROWS || size === rows)
      .map((size) => ({ OY: size, ...kept }));
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
    const plan = this.bestPlan(layers);
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
        plan = planSplitLayer(this.network, this.hardware, layer, this.rules.split);
      } catch (error) {
        if (!(error instanceof InputError)) throw error;
        plan = error;
      }
      this.plans.set(layer, plan);
    }
    return plan;
  }
}

/** Same divided loops, and about as many steps. */
function isClose({ placement, tile }: StackOption, { shape }: StackPlan): boolean {
  const [layer] = shape.layers as readonly [MappedLayer, ...MappedLayer[]];
  if (placement.get(layer)?.loop !== shape.placement.get(layer)?.loop) return false;
  const steps = (driver: MappedLayer | undefined, rows = 1): number => (driver?.loops['OY'] ?? 1) / rows;
  const ratio = steps([...placement.keys()].at(-1), tile['OY']) / steps(shape.layers.at(-1), shape.tile['OY']);
  return ratio < 3 && ratio > 1 / 3;
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
