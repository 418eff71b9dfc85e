import { InputError } from 'tessera-sim';
import { iterationCost, nearestWorkers, type Hardware, type MappedLayer, workersFor, type Worker } from 'tessera-sim/mapping';
import type { Placement } from './events.js';

/** `spread`: every layer over all cores. `layers`: whole layers on single cores, by load. Or layer names with their core. */
export type PlacementChoice = 'spread' | 'layers' | Readonly<Record<string, string>>;

/** Loops along which cores divide a layer, best first. Rows are not among them: they are what a stack steps through. */
const PREFERENCES: readonly (readonly string[])[] = [
  ['OX', 'K', 'G', 'B'],
  ['K', 'G', 'OX', 'B'],
];

/** Orders in which loops are tried for `split`. */
export function preferencesOf(split: string): readonly (readonly string[])[] {
  return split === 'auto' ? PREFERENCES : [[split, ...(PREFERENCES[0] as readonly string[])]];
}

/** The placements to be tried for a stack. */
export function placementsOf(hardware: Hardware, layers: readonly MappedLayer[], choice: PlacementChoice, split: string): Map<MappedLayer, Placement>[] {
  if (choice === 'spread') {
    return preferencesOf(split).map((loops) => new Map(layers.map((layer) => [layer, spread(hardware, layer, loops)])));
  }
  return [choice === 'layers' ? byLoad(hardware, layers) : asGiven(hardware, layers, choice)];
}

/** The first `cores` cores that can execute the layer divide it along the best loop that has a step for each. */
export function spread(hardware: Hardware, layer: MappedLayer, loops: readonly string[], cores = Infinity): Placement {
  const able = workersFor(hardware, layer);
  const workers = nearestWorkers(able, cores);
  const divisible = loops.filter((loop) => (layer.loops[loop] ?? 1) > 1 && !layer.reductions.includes(loop));
  const loop = divisible.find((candidate) => (layer.loops[candidate] ?? 1) >= workers.length) ?? divisible[0];
  return workers.length === 1 || loop === undefined ? { workers: workers.slice(0, 1), loop: undefined } : { workers, loop };
}

/** In order of the stack, each layer to the core with the fewest operations so far. */
function byLoad(hardware: Hardware, layers: readonly MappedLayer[]): Map<MappedLayer, Placement> {
  const load = new Map<Worker, number>();
  return new Map(
    layers.map((layer) => {
      const workers = workersFor(hardware, layer);
      const least = workers.reduce((a, b) => ((load.get(b) ?? 0) < (load.get(a) ?? 0) ? b : a));
      load.set(least, (load.get(least) ?? 0) + iterationCost(layer));
      return [layer, { workers: [least], loop: undefined }];
    }),
  );
}

function asGiven(hardware: Hardware, layers: readonly MappedLayer[], given: Readonly<Record<string, string>>): Map<MappedLayer, Placement> {
  const loads = byLoad(hardware, layers);
  for (const layer of layers) {
    const name = given[layer.name];
    if (name === undefined) continue;
    const worker = workersFor(hardware, layer).find(({ engines }) => engines.some(({ path }) => path === name || path.startsWith(`${name}.`)));
    if (worker === undefined) {
      throw new InputError({
        path: `mapper.with.placement.${layer.name}`,
        message: `no core '${name}' that executes operator '${layer.operator}'`,
        expected: workersFor(hardware, layer)
          .map(({ name: known }) => known)
          .join(', '),
      });
    }
    loads.set(layer, { workers: [worker], loop: undefined });
  }
  return loads;
}
