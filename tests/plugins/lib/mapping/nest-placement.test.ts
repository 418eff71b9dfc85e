import { describe, expect, it } from 'vitest';
import { buildMachine, ScheduleExecutor, wholeBox, type Schedule } from '../../../../core/index.js';
import { executorMachine } from '../../../../core/run/executor-machine.js';
import {
  checkNest,
  declareTensors,
  lowerNest,
  machineForNests,
  mapNetwork,
  nestFacts,
  nestOperandsOf,
  readHardware,
  WORKER_AXIS,
  WORKER_MEMORY,
  workerPlacement,
  workersFor,
  type LoopNest,
  type MappedLayer,
} from '../../../../plugins/lib/mapping/index.js';
import { describedTiles, tiledMachine } from '../../mappers/machines.js';
import { residualNetwork } from '../../mappers/networks.js';

const CORES = 2;
const L1_BYTES = 64 * 1024;
const description = describedTiles(CORES, L1_BYTES);
const hardware = readHardware(description);
const network = mapNetwork(residualNetwork(), true);

/** The first loop that is not summed lies on the workers, the second is cut in two; the rest is a core's tile. */
function nestFor(layer: MappedLayer, workers: number): LoopNest {
  const names = [...layer.inputs, ...layer.outputs].map(({ name }) => name);
  const everywhere = (memory: string): Record<string, string> => Object.fromEntries(names.map((name) => [name, memory]));
  const [first, second] = Object.keys(layer.loops).filter((loop) => !layer.reductions.includes(loop) && (layer.loops[loop] ?? 1) > 1);
  const cut = (loop: string | undefined, parts: number) => (loop === undefined ? 1 : Math.ceil(layer.loops[loop]! / parts));
  const sizes = {
    ...layer.loops,
    ...(second === undefined ? {} : { [second]: cut(second, 2) }),
    ...(first === undefined ? {} : { [first]: cut(first, workers) }),
  };
  const outer = (loop: string, kind: 'spatial' | 'temporal') => {
    const size = Math.ceil(layer.loops[loop]! / sizes[loop]!);
    return { loop, size, kind, ...(kind === 'spatial' ? { axis: WORKER_AXIS } : {}) };
  };
  const last = (loop: string): number => ((layer.loops[loop]! - 1) % sizes[loop]!) + 1;
  return {
    levels: [
      {
        storage: everywhere(hardware.home),
        loops: [...(first === undefined ? [] : [outer(first, 'spatial')]), ...(second === undefined ? [] : [outer(second, 'temporal')])],
      },
      { storage: everywhere(WORKER_MEMORY), loops: Object.keys(layer.loops).map((loop) => ({ loop, size: sizes[loop]!, last: last(loop), kind: 'temporal' })) },
    ],
  };
}

function scheduleAll(): Schedule {
  const pieces = network.layers.map((layer) => {
    const workers = workersFor(hardware, layer);
    const nest = nestFor(layer, workers.length);
    const operands = nestOperandsOf(network, layer);
    const placement = workerPlacement(workers, layer);
    checkNest(nest, { loops: layer.loops, operands: operands.map(({ name }) => name) }, machineForNests(description, placement.axes), `layer ${layer.name}`);
    return {
      layer,
      nest,
      lowered: lowerNest({ nest, mapping: layer.name, layer: layer.name, operator: layer.operator, sizes: layer.loops, operands, placement }),
    };
  });
  return {
    name: 'nests',
    tensors: declareTensors(network, hardware.home, () => false),
    buffers: Object.fromEntries(pieces.flatMap(({ lowered }) => lowered.buffers.map(({ name, memory, bytes }) => [name, { memory, bytes, address: 0 }]))),
    layers: Object.fromEntries(pieces.map(({ layer: { name, operator, loops } }) => [name, { operator, loops }])),
    mappings: Object.fromEntries(pieces.map(({ layer, nest }) => [layer.name, nest])),
    operations: pieces.flatMap(({ lowered }) => [...lowered.operations]),
  };
}

describe('a network on nests', () => {
  it('runs every layer on the workers, views looked through and folded layers included', () => {
    const schedule = scheduleAll();
    // Each layer has the memories to itself: addresses from the bottom.
    const used = new Map<string, number>();
    const buffers = Object.fromEntries(
      Object.entries(schedule.buffers).map(([name, buffer]) => {
        const key = `${name.split('.')[0]} ${buffer.memory}`;
        const address = used.get(key) ?? 0;
        used.set(key, address + Math.ceil(buffer.bytes / 64) * 64);
        return [name, { ...buffer, address }];
      }),
    );
    const machine = buildMachine(tiledMachine(CORES, L1_BYTES));
    const executor = new ScheduleExecutor(
      machine.kernel,
      executorMachine(machine, () => ({ payload: 8, stored: 8 })),
      { ...schedule, buffers },
    );
    machine.start();
    executor.start();
    machine.kernel.run();
    expect(executor.violations.kept).toEqual([]);
    expect(executor.isDone).toBe(true);
  });

  it('has the same facts by groups and by whole regions', () => {
    for (const layer of network.layers) {
      const operands = nestOperandsOf(network, layer);
      const whole = operands.map((operand) => ({
        ...operand,
        groups: [{ loops: operand.groups.flatMap(({ loops }) => loops), dims: operand.groups.flatMap(({ dims }) => dims) }],
      }));
      const nest = nestFor(layer, CORES);
      expect(nestFacts(nest, layer.loops, operands, 1, wholeBox(layer.loops))).toEqual(nestFacts(nest, layer.loops, whole));
    }
  });
});
