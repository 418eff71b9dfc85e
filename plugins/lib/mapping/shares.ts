import { computeUnitOf, InputError } from 'tessera-sim';
import { workersFor, type Hardware, type Worker } from './hardware.js';
import { costOf, planFor, planLayer, type LayerPlan } from './layer-plan.js';
import { signatureOf } from './layer-signature.js';
import type { MappedLayer, MappedNetwork } from './mapped-layer.js';
import { dividedBy, splitsOf } from './split.js';

/** Which cores may take part: all that can, one, or those named (path of the core or of its tile). */
export type CoreChoice = 'all' | 'one' | readonly string[];

/** `auto`: the loop that gives the shortest predicted time. */
export type SplitChoice = string;

/** The workers that the user allows. Throws InputError for a name that fits none. */
export function chooseWorkers(hardware: Hardware, choice: CoreChoice): Hardware {
  if (choice === 'all') return hardware;
  if (choice === 'one') {
    // One array and, when it stands apart, one vector unit.
    const first = hardware.workers[0] as Worker;
    const isVector = (worker: Worker): boolean => worker.engines.every(({ facts }) => computeUnitOf(facts) === 'vector');
    const other = first.engines.some(({ facts }) => computeUnitOf(facts) === 'vector') ? undefined : hardware.workers.find(isVector);
    return { ...hardware, workers: other === undefined || other === first ? [first] : [first, other] };
  }
  const matches = (worker: Worker, name: string): boolean => worker.engines.some(({ path }) => path === name || path.startsWith(`${name}.`));
  for (const name of choice) {
    if (hardware.workers.some((worker) => matches(worker, name))) continue;
    throw new InputError({ path: 'mapper.with.cores', message: `no core '${name}'`, expected: hardware.workers.map(({ name: known }) => known).join(', ') });
  }
  return { ...hardware, workers: hardware.workers.filter((worker) => choice.some((name) => matches(worker, name))) };
}

/** More cores must promise at least this part of the time less: the promise is a closed form's, and idle cores cost nothing. */
const WORTH_MORE_CORES = 0.95;

/** Plans of single layers; layers that are alike have the same. */
export class LayerPlanner {
  private readonly known = new Map<string, LayerPlan>();

  /** @param split a loop: then all cores divide it */
  constructor(
    private readonly network: MappedNetwork,
    private readonly hardware: Hardware,
    private readonly split: SplitChoice,
  ) {}

  /** Throws InputError when nothing fits. */
  plan(layer: MappedLayer): LayerPlan {
    const key = signatureOf(this.network, layer);
    const known = this.known.get(key);
    if (known !== undefined) return planFor(layer, known);
    const plan = planSplitLayer(this.network, this.hardware, layer, this.split);
    this.known.set(key, plan);
    return plan;
  }
}

/** The best plan over all ways to divide the layer, over as many cores as pay. */
function planSplitLayer(network: MappedNetwork, hardware: Hardware, layer: MappedLayer, split: SplitChoice): LayerPlan {
  const workers = workersFor(hardware, layer);
  const loops = Object.keys(layer.loops).filter((loop) => (layer.loops[loop] ?? 1) > 1 && !layer.reductions.includes(loop));
  const splits =
    split === 'auto'
      ? splitsOf(layer, workers, loops)
      : [dividedBy(layer, workers, loops.includes(split) && workers.length > 1 ? { [split]: workers.length } : {})];
  let best: LayerPlan | undefined;
  let failure: unknown;
  for (const option of splits.map((division) => costOf(network, hardware, layer, division))) {
    const limit = best === undefined ? Infinity : best.cost * (option.split.shares.length > best.shares.length ? WORTH_MORE_CORES : 1);
    if (option.leastCost >= limit) continue;
    try {
      const plan = planLayer(layer, option);
      if (plan.cost < limit) best = plan;
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      failure ??= error;
    }
  }
  if (best === undefined) throw failure;
  return best;
}
