import { RandomStream, type BlockPlugin, type MachineSpec, type Schedule, type ScheduleLayer, type ScheduleOperation } from '../../../core/index.js';
import systolic from '../../../plugins/cores/systolic/index.js';
import dma from '../../../plugins/dma/dma/index.js';
import sram from '../../../plugins/memories/sram/index.js';
import ideal from '../../../plugins/networks/ideal/index.js';
import pimBank from '../../../plugins/pim/pim-bank/index.js';

const block = (path: string, plugin: unknown, config: Record<string, unknown> = {}) => ({ path, plugin: plugin as BlockPlugin, config, clock: 'core' });

/** One tile and a DRAM whose banks multiply. */
export const pimMachine: MachineSpec = {
  name: 'pim',
  clocks: { core: 1e9 },
  blocks: [
    block('dram', pimBank, { channels: 2, banks: 4 }),
    block('noc', ideal),
    block('core0.pe', systolic, { rows: 4, columns: 8 }),
    block('core0.l1', sram, { capacityBytes: 65536 }),
    block('core0.dma', dma),
  ],
  connections: [
    { from: 'dram.port0', to: 'noc.node0' },
    { from: 'core0.pe.memory0', to: 'core0.l1.port0' },
    { from: 'core0.dma.local', to: 'core0.l1.port1' },
    { from: 'core0.dma.network', to: 'noc.node1' },
    { from: 'core0.l1.port2', to: 'noc.node2' },
  ],
};

const index = (places: Readonly<Record<string, string>>) => ({
  kind: 'index' as const,
  expressions: Object.entries(places).map(([dim, loop]) => ({ dim, terms: [{ loop, coefficient: 1 }] })),
});

/** A product in the banks (of a matrix, or of a cache of keys by groups), in pieces of rows, columns and sums; a ReLU of it on the core. */
export function pimSchedule(seed: number): Schedule {
  const random = new RandomStream(seed, 'pim');
  const from = (low: number, high: number): number => low + random.below(high - low + 1);
  const format = ['int8', 'int16', 'uint8', 'fp16'][random.below(4)]!;
  const [G, M, N, K] = [random.below(2) === 0 ? 1 : from(2, 4), from(1, 5), from(1, 40), from(1, 80)];
  const home = 'dram';
  const relu: ScheduleLayer = {
    operator: 'relu',
    loops: { G, OY: M, K: N },
    operands: {
      I: { tensor: 'H', role: 'activation', map: index({ G: 'G', M: 'OY', N: 'K' }) },
      O: { tensor: 'O', role: 'output', map: index({ G: 'G', M: 'OY', N: 'K' }) },
    },
  };
  const product: ScheduleLayer = {
    operator: 'matmul',
    loops: { G, OY: M, K: N, C: K },
    operands: {
      I: { tensor: 'X', role: 'activation', map: index({ G: 'G', M: 'OY', K: 'C' }) },
      [G > 1 ? 'I2' : 'W']: { tensor: 'W', role: G > 1 ? 'activation' : 'weight', map: index({ G: 'G', N: 'K', K: 'C' }) },
      O: { tensor: 'H', role: 'output', map: index({ G: 'G', M: 'OY', N: 'K' }), ...(format === 'fp16' ? {} : { partialFormat: 'int32' }) },
    },
  };
  const cut = (size: number): (readonly [number, number])[] => {
    const at = random.below(size);
    return random.below(2) === 0 || at === 0
      ? [[0, size]]
      : [
          [0, at],
          [at, size],
        ];
  };
  const operations: ScheduleOperation[] = [];
  const sums = cut(K);
  for (const rows of cut(M))
    for (const columns of cut(N))
      for (const sum of sums)
        operations.push({
          kind: 'pim',
          queue: 'dram',
          layer: 'product',
          operator: 'matmul',
          at: { OY: rows[0], K: columns[0], C: sum[0] },
          loops: { G, OY: rows[1] - rows[0], K: columns[1] - columns[0], C: sum[1] - sum[0] },
          reads: [
            { tensor: 'X', box: { M: rows, K: sum }, operand: 'I' },
            { tensor: 'W', box: { N: columns, K: sum }, operand: G > 1 ? 'I2' : 'W' },
          ],
          writes: [{ tensor: 'H', box: { M: rows, N: columns }, operand: 'O', ...(sum === sums[0] ? {} : { mode: 'accumulate' as const }) }],
        });
  operations.push(
    { kind: 'transfer', queue: 'core0.dma', reads: [{ tensor: 'H' }], writes: [{ buffer: 'h' }] },
    {
      kind: 'compute',
      queue: 'core0.pe',
      layer: 'relu',
      operator: 'relu',
      loops: relu.loops,
      reads: [{ buffer: 'h', tensor: 'H', operand: 'I' }],
      writes: [{ buffer: 'o', tensor: 'O', operand: 'O' }],
    },
    { kind: 'transfer', queue: 'core0.dma', reads: [{ buffer: 'o', tensor: 'O' }], writes: [{ tensor: 'O' }] },
  );
  return {
    name: 'pim',
    tensors: {
      X: { dims: { G, M, K }, format, role: 'input', home },
      W: { dims: { G, N, K }, format, role: 'constant', home },
      H: { dims: { G, M, N }, format, role: 'intermediate', home },
      O: { dims: { G, M, N }, format, role: 'output', home },
    },
    buffers: { h: { memory: 'core0.l1', bytes: 16384 }, o: { memory: 'core0.l1', bytes: 16384 } },
    layers: { product, relu },
    operations,
  };
}
