import { expect, it } from 'vitest';
import { describeMachine, type Estimate, type EstimatorPlugin, type LoopNest, type Schedule } from '../../../core/index.js';
import timeloop from '../../../plugins/estimators/timeloop/index.js';
import givenNests from '../../../plugins/mappers/given-nests/index.js';
import { mapped, tiles, workloadOf } from '../../core/functional/support.js';
import { atOnce, toolContext } from '../../tool-context.js';

const workload = workloadOf([{ name: 'a', operator: 'gemm', loops: { OY: 16, K: 8, C: 12 }, precision: { I: 'int8', W: 'int8', O: 'int8', partial: 'int8' } }]);
const machine = tiles(1, 'systolic', 4096);
const nest: LoopNest = {
  levels: [
    {
      storage: { I: 'dram', W: 'dram', O: 'dram' },
      loops: [
        { loop: 'OY', size: 2, kind: 'temporal' },
        { loop: 'C', size: 3, kind: 'temporal' },
      ],
    },
    {
      storage: { I: 'core0.l1', W: 'core0.l1', O: 'core0.l1' },
      loops: [
        { loop: 'OY', size: 8, kind: 'temporal' },
        { loop: 'K', size: 2, kind: 'temporal' },
      ],
    },
    {
      storage: {},
      loops: [
        { loop: 'K', size: 4, kind: 'spatial' },
        { loop: 'C', size: 4, kind: 'spatial' },
      ],
    },
  ],
};
const schedule = mapped(givenNests, machine, workload, { layers: { a: nest } });

const estimate = (config: object = {}, plan: Schedule = schedule): Estimate =>
  atOnce(
    (timeloop as unknown as EstimatorPlugin).estimate(
      { workload, machine: describeMachine(machine), schedule: plan, config: { physical: false, ...config } },
      toolContext,
    ),
  );

it('takes the nest of a schedule and the machine: steps in time, words at each memory', () => {
  const { cycles, resources, layers } = estimate();
  const dram = describeMachine(machine).block('dram')!.facts;
  // Weights twice, once for each half of the rows; sums stay until they are whole.
  const [read, written] = [16 * 12 + 2 * 8 * 12, 16 * 8];
  expect(resources.find(({ resource }) => resource === 'dram')).toMatchObject({ bytesRead: read, bytesWritten: written });
  expect(layers).toEqual([{ layer: 'a', operator: 'gemm', macs: 16 * 8 * 12, cycles, computeCycles: 2 * 3 * 8 * 2 }]);
  expect(cycles).toBe(Math.max(96, Math.ceil((read + written) / (dram as { peakBytesPerCycle: number }).peakBytesPerCycle)));
});

it("takes the tool's own architecture, problem and mapping instead", () => {
  const architecture = {
    version: 0.4,
    nodes: [
      { name: 'DRAM', class: 'DRAM', attributes: { datawidth: 8, shared_bandwidth: 1 } },
      { name: 'PE', spatial: { meshX: 2 } },
      { name: 'mac', class: 'intmac' },
    ],
  };
  const problem = {
    shape: {
      name: 'dot',
      dimensions: ['K'],
      data_spaces: [
        { name: 'A', projection: [[['K']]] },
        { name: 'B', projection: [[['K']]] },
        { name: 'Z', projection: [], read_write: true },
      ],
    },
    instance: { K: 8 },
  };
  const mapping = [
    { target: 'DRAM', type: 'temporal', factors: 'K=4' },
    { target: 'PE', type: 'spatial', factors: 'K=2' },
  ];
  // A and B word by word; the one sum comes from a neighbour in every step but the first.
  expect(estimate({ architecture, problem, mapping }).cycles).toBe(8 + 8 + 1);
  expect(estimate({ architecture, problem, mapping, physical: true }).cycles).toBe(17);
  expect(() => estimate({ architecture, problem })).toThrow(/architecture, problem and mapping together/);
});

it('says what it cannot estimate', () => {
  expect(() => estimate({}, { ...schedule, mappings: {} })).toThrow(/no loop nest of layer 'a'/);
  const elsewhere = { levels: [{ ...nest.levels[0]!, storage: { I: 'hbm', W: 'hbm', O: 'hbm' } }, ...nest.levels.slice(1)] };
  expect(() => estimate({}, { ...schedule, mappings: { a: elsewhere } })).toThrow(/no memory 'hbm'/);
});
