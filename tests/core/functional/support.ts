import {
  buildMachine,
  completeConfig,
  describeMachine,
  RandomStream,
  ScheduleExecutor,
  type BlockPlugin,
  type MachineSpec,
  type MapperPlugin,
  type Schedule,
  type Workload,
} from '../../../core/index.js';
import { FunctionalRun } from '../../../core/functional/functional-run.js';
import type { FunctionalResult } from '../../../core/functional/functional-result.js';
import { executorMachine } from '../../../core/run/executor-machine.js';
import { averageBits, formatsOf } from '../../../core/workload/number-format.js';
import bitSerial from '../../../plugins/cores/bit-serial/index.js';
import systolic from '../../../plugins/cores/systolic/index.js';
import vector from '../../../plugins/cores/vector/index.js';
import dma from '../../../plugins/dma/dma/index.js';
import { readLayers } from '../../../plugins/importers/layers/read-layers.js';
import dramSimple from '../../../plugins/memories/dram-simple/index.js';
import sram from '../../../plugins/memories/sram/index.js';
import ideal from '../../../plugins/networks/ideal/index.js';
import { atOnce, toolContext } from '../../tool-context.js';

export interface FunctionalOutcome {
  readonly values: FunctionalResult;
  readonly isDone: boolean;
  readonly violations: readonly { readonly message: string }[];
}

/** Executes a schedule on blocks and carries its values. */
export async function carryOut(spec: MachineSpec, schedule: Schedule, workload?: Workload): Promise<FunctionalOutcome> {
  const machine = buildMachine(spec);
  const formats = formatsOf(workload ?? {});
  const run = new FunctionalRun({ schedule, workload, formats });
  const bits = (name: string) => {
    const format = formats.find(name);
    return format === undefined ? undefined : { payload: format.bits, stored: averageBits(format) };
  };
  const executor = new ScheduleExecutor(machine.kernel, executorMachine(machine, bits), schedule, { observers: [run.observer] });
  machine.start();
  executor.start();
  machine.kernel.run();
  return { values: (await run.result())!, isDone: executor.isDone, violations: executor.violations.kept };
}

export function mapped(plugin: unknown, spec: MachineSpec, workload: Workload, config: Record<string, unknown> = {}): Schedule {
  const mapper = plugin as MapperPlugin;
  const machine = describeMachine(spec);
  return atOnce(mapper.map({ workload, machine, config: completeConfig(mapper.configSchema, config, '') }, toolContext));
}

export const ARRAYS = {
  systolic: { plugin: systolic, config: { rows: 8, columns: 8 } },
  'bit-serial': { plugin: bitSerial, config: { rows: 4, columns: 8, lanes: 2 } },
} as const;

const block = (path: string, plugin: unknown, config: Record<string, unknown> = {}) => ({ path, plugin: plugin as BlockPlugin, config, clock: 'core' });

/** Tiles of an array, a vector core, an L1 and a transfer engine around an ideal network with one DRAM. */
export function tiles(cores: number, array: keyof typeof ARRAYS, l1Bytes: number): MachineSpec {
  const { plugin, config } = ARRAYS[array];
  const blocks = [block('dram', dramSimple), block('noc', ideal)];
  const connections = [{ from: 'dram.port0', to: 'noc.node0' }];
  for (let core = 0; core < cores; core++) {
    const path = `core${core}`;
    blocks.push(
      block(`${path}.pe`, plugin, { ...config }),
      block(`${path}.vec`, vector),
      block(`${path}.l1`, sram, { capacityBytes: l1Bytes }),
      block(`${path}.dma`, dma),
    );
    connections.push(
      { from: `${path}.pe.memory0`, to: `${path}.l1.port0` },
      { from: `${path}.vec.memory0`, to: `${path}.l1.port1` },
      { from: `${path}.dma.local`, to: `${path}.l1.port2` },
      { from: `${path}.dma.network`, to: `noc.node${1 + 2 * core}` },
      { from: `${path}.l1.port3`, to: `noc.node${2 + 2 * core}` },
    );
  }
  return { name: `${cores} tiles`, clocks: { core: 1e9 }, blocks, connections };
}

export function workloadOf(layers: readonly object[], more: object = {}): Workload {
  return readLayers({ fileName: 'random.yaml', bytes: new TextEncoder().encode(JSON.stringify({ tesseraWorkload: 1, layers, ...more })) } as Parameters<
    typeof readLayers
  >[0]);
}

/** A small network of one to three layers, the same for the same seed. */
export function randomWorkload(seed: number): Workload {
  const random = new RandomStream(seed, 'functional');
  const from = (low: number, high: number): number => low + random.below(high - low + 1);
  const one = <T>(list: readonly T[]): T => list[random.below(list.length)]!;
  const format = one(['int8', 'int8', 'int4', 'uint8', 'int16', 'int2', 'uint4', 'int32', 'fp16', 'bf16', 'fp8-e4m3', 'fp32']);
  const weights = format.startsWith('int') || format.startsWith('uint') ? one(['int8', 'int4', 'int8', 'ternary']) : format;
  const precision = { I: format, W: weights, O: format, ...(format.includes('int') ? { partial: one(['int32', 'int32', 'int24', 'int48']) } : {}) };
  const layers: Record<string, unknown>[] = [];
  const isProduct = random.below(3) === 0;
  if (isProduct) {
    const batch = random.below(3) === 0 ? { G: from(2, 3) } : {};
    layers.push({ name: 'a', operator: one(['gemm', 'matmul']), loops: { ...batch, OY: from(1, 20), K: from(1, 24), C: from(1, 40) }, precision });
    if (random.below(2) === 0) {
      const { OY, K } = layers[0]!['loops'] as { OY: number; K: number };
      layers.push({ name: 'b', operator: 'gemm', loops: { ...batch, OY, K: from(1, 12), C: K }, from: { I: 'a' }, precision });
    }
  } else {
    const F = one([1, 3, 3, 5, 2]);
    const stride = one([1, 1, 2, 3]);
    const groups = random.below(4) === 0 ? { G: from(2, 4) } : {};
    const [K, C] = 'G' in groups && random.below(2) === 0 ? [1, 1] : [from(1, 12), from(1, 12)];
    const pad = random.below(2) === 0 ? Math.floor(F / 2) : 0;
    const dilation = random.below(4) === 0 ? 2 : 1;
    const OY = from(1, 9);
    const OX = from(1, 9);
    const loops = { B: one([1, 1, 2]), ...groups, K, C, OY, OX, FY: F, FX: F };
    layers.push({ name: 'a', operator: 'conv', loops, stride, pad, dilation, precision });
    const channels = K * (('G' in groups ? groups.G : 1) as number);
    const next = { B: loops.B, K: channels };
    if (random.below(2) === 0)
      layers.push({ name: 'r', operator: one(['relu', 'relu', 'abs', 'neg']), loops: { ...next, OY, OX }, from: { I: 'a' }, precision: { O: format } });
    const last = (): string => layers.at(-1)!['name'] as string;
    const kind = random.below(4);
    if (kind === 0 && OY >= 2 && OX >= 2)
      layers.push({
        name: 'p',
        operator: one(['maxpool', 'averagepool']),
        loops: { ...next, OY: Math.floor(OY / 2), OX: Math.floor(OX / 2), FY: 2, FX: 2 },
        stride: 2,
        from: { I: last() },
        precision: { O: format },
      });
    else if (kind === 1)
      layers.push({
        name: 'c',
        operator: 'conv',
        loops: { B: loops.B, K: from(1, 8), C: channels, OY, OX, FY: 3, FX: 3 },
        pad: 1,
        from: { I: last() },
        precision,
      });
    else if (kind === 2) layers.push({ name: 's', operator: 'add', loops: { ...next, OY, OX }, from: { I: last(), I2: last() }, precision: { O: format } });
  }
  return workloadOf(layers);
}
