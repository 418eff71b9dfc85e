import { computeUnitOf, InputError, wholeBox, type Interval } from 'tessera-sim';
import { engineFor, workersFor, type Engine, type Hardware, type Worker } from './hardware.js';
import { planLayer, type LayerPlan, type Share } from './layer-plan.js';
import type { MappedLayer, MappedNetwork } from './mapped-layer.js';
import { splitInterval } from './tiling.js';

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

/** Deals a layer out to workers along one loop, in pieces of whole array columns where there are enough. */
function splitLayer(layer: MappedLayer, workers: readonly Worker[], loop: string | undefined): Share[] {
  const whole = wholeBox(layer.loops);
  const first = workers[0] as Worker;
  if (loop === undefined || workers.length === 1) return [{ worker: first, part: whole }];
  const interval = whole[loop] as Interval;
  const columns = (engineFor(first, layer) as Engine).facts.columns;
  const grain = loop === 'K' && layer.class === 'mac' && interval[1] >= columns * workers.length ? columns : 1;
  return splitInterval(interval, workers.length, grain).map((piece, index) => ({ worker: workers[index] as Worker, part: { ...whole, [loop]: piece } }));
}

/** The best plan over all ways to split the layer. */
export function planSplitLayer(network: MappedNetwork, hardware: Hardware, layer: MappedLayer, split: SplitChoice): LayerPlan {
  const workers = workersFor(hardware, layer);
  const loops = Object.keys(layer.loops).filter((loop) => (layer.loops[loop] ?? 1) > 1 && !layer.reductions.includes(loop));
  const tried = split === 'auto' ? loops : loops.filter((loop) => loop === split);
  const options = workers.length === 1 || tried.length === 0 ? [undefined] : tried;
  let best: LayerPlan | undefined;
  let failure: unknown;
  for (const loop of options) {
    try {
      const plan = planLayer(network, hardware, layer, splitLayer(layer, workers, loop));
      if (best === undefined || plan.seconds < best.seconds) best = plan;
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      failure ??= error;
    }
  }
  if (best === undefined) throw failure;
  return best;
}
