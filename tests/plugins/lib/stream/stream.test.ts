import { expect, it, describe } from 'vitest';
import { PluginRegistry } from '../../../../core/plugin/registry.js';
import { runForRecord } from '../../../../core/reference/run-for-record.js';
import { readStreamDump, streamBoundCycles, streamDemands, streamMachineDocument, streamToSchedule } from '../../../../plugins/lib/stream/index.js';
import { builtinPlugins } from '../../../../plugins/index.js';

const FIELDS = [
  'id',
  'layer',
  'core',
  'start',
  'end',
  'runtime',
  'bits_produced',
  'too_large_operands',
  'loop_ranges_excl_end',
  'preds[id,bits,operand]',
  'operand_tensor_bits',
];
const node = (id: string, core: number, start: number, runtime: number, preds: unknown[], more: object = {}): unknown[] => [
  id,
  Number(id[0]),
  core,
  start,
  start + runtime,
  runtime,
  800,
  [],
  { K: [0, 8] },
  preds,
  { O: 800, W: 4096, I: 1600, ...more },
];

/** Two tiles of a layer on core 0, two of the next on core 1; the memory outside belongs to core 2. */
const DUMP = {
  id: 'two-layers',
  node_fields: FIELDS,
  nodes: [
    node('0.0', 0, 100, 200, []),
    node('0.1', 0, 300, 200, [['0.0', 0, '']]),
    node('1.0', 1, 400, 150, [['0.0', 800, 'I']]),
    node('1.1', 1, 600, 150, [
      ['1.0', 0, ''],
      ['0.1', 800, 'I'],
    ]),
  ],
  memory: [
    { memory: 'sram', cores: [0], capacity_bits: 65536 },
    { memory: 'sram', cores: [1], capacity_bits: 65536 },
    { memory: 'dram', cores: [2], capacity_bits: 1e9 },
  ],
  offchip_core: 2,
  links: [
    { link: 'Core(0) -> Core(1)', bandwidth_bits_per_cycle: 32, events: [] },
    { link: 'Core(2) -> Any', bandwidth_bits_per_cycle: 64, events: [] },
  ],
  result: { latency_cycles: 900 },
};
const registry = new PluginRegistry(builtinPlugins);
const dump = readStreamDump(DUMP);

describe("Stream's schedules", () => {
  it('say what each resource must do, by hand', () => {
    const amounts = Object.fromEntries(streamDemands(dump).map(({ resource, amount }) => [resource, amount]));
    expect(amounts).toEqual({
      'core 0': 400,
      'core 1': 300,
      // Weights once a layer and place, the network's input for each tile of the first layer.
      'link from the memory outside': 2 * 4096 + 2 * 1600,
      'link to the memory outside': 2 * 800,
      'data and core order, transfers free': 550,
    });
    expect(streamBoundCycles(dump)).toBe(550);
  });

  it('run legally, not below their bound, each tile moved once', async () => {
    const { simulation, violationCount, outcome, operations } = await runForRecord(
      { machine: streamMachineDocument(dump), schedule: streamToSchedule(dump) },
      registry,
      () => false,
    );
    expect({ violationCount, outcome }).toEqual({ violationCount: 0, outcome: 'finished' });
    expect(simulation.cycles).toBeGreaterThanOrEqual(550);
    // Two loads of weights, two of input, four tiles, two to the other core, two home.
    expect(operations.total).toBe(12);
  });

  it('mean the order of the tiles alone, not their times', () => {
    const ranked = structuredClone(DUMP);
    ranked.nodes.forEach((row, rank) => ((row[3] = rank), (row[4] = 0)));
    expect(streamToSchedule(readStreamDump(ranked))).toEqual(streamToSchedule(dump));
  });

  it.each<[string, (dump: typeof DUMP) => void, RegExp]>([
    ['a column that is missing', (bad) => (bad.node_fields = bad.node_fields.filter((field) => field !== 'runtime')), /node_fields: .* a column for runtime/],
    ['a tile that is not there', (bad) => (bad.nodes[2]![9] = [['9.9', 8, 'I']]), /tile 1\.0 needs 9\.9, which is not there/],
    ['a tile that starts before what it needs', (bad) => (bad.nodes[2]![3] = 0), /tile 1\.0 needs 0\.0, which starts later/],
    ['links without a rate', (bad) => (bad.links[0]!.bandwidth_bits_per_cycle = 0), /links\.0\.bandwidth_bits_per_cycle: .* above 0/],
    ['no tiles', (bad) => (bad.nodes = []), /nodes: .* 1 to 1000000 tiles/],
  ])('refuse %s', (_, change, message) => {
    const bad = structuredClone(DUMP);
    change(bad);
    expect(() => readStreamDump(bad)).toThrow(message);
  });
});
