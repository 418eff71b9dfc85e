import { describe, expect, it } from 'vitest';
import { buildMachine, type BlockPlugin, type Machine } from '../../../../core/index.js';
import { dmaPlugin } from '../../../../plugins/dma/dma/index.js';
import { idealPlugin } from '../../../../plugins/networks/ideal/index.js';
import { nocFlitPlugin } from '../../../../plugins/networks/noc-flit/index.js';
import { packetPlugin } from '../../../../plugins/networks/packet/index.js';
import { notingMemory, type Noted } from '../../support/noting-memory.js';
import { operationFeeder, type OperationSketch } from '../../support/operation-feeder.js';

const BYTES = 3000;

/** One engine at node 0 of a 2 x 2 mesh, `near` at node 1; `left` and `right` share node 3 behind another network. */
function run(plugin: BlockPlugin, sketches: readonly OperationSketch[]) {
  const noted = new Map<string, Noted>();
  const memory = notingMemory(noted);
  let machine: Machine | undefined;
  const feeder = operationFeeder(sketches, () => machine!.block('dma').unit!);
  const ideal = idealPlugin as BlockPlugin;
  machine = buildMachine({
    name: 'beyond',
    clocks: { core: 1e9 },
    blocks: [
      { path: 'noc', plugin, config: { topology: 'mesh', k: 2, n: 2 }, clock: 'core' },
      { path: 'side', plugin: ideal, config: { latencyCycles: 3 }, clock: 'core' },
      { path: 'dma', plugin: dmaPlugin as BlockPlugin, config: { setupCycles: 0 }, clock: 'core' },
      { path: 'feeder', plugin: feeder.plugin, clock: 'core' },
      ...['local', 'near', 'left', 'right'].map((path) => ({ path, plugin: memory, clock: 'core' })),
    ],
    connections: [
      { from: 'dma.local', to: 'local.port0' },
      { from: 'dma.network', to: 'noc.node0' },
      { from: 'near.port0', to: 'noc.node1' },
      { from: 'noc.node3', to: 'side.node0' },
      { from: 'left.port0', to: 'side.node1' },
      { from: 'right.port0', to: 'side.node2' },
    ],
  });
  machine.run();
  machine.finish();
  expect(machine.transactions.inFlight).toBe(0);
  expect(machine.kernel.unfinishedWaits()).toEqual([]);
  expect(feeder.endTicks.every((tick) => tick > 0)).toBe(true);
  return {
    dma: machine.built('dma').statistics,
    report: machine.built('noc').model.report!() as { reductions?: { started: number }; multicasts?: { started: number } },
    noted,
  };
}

const regions = (memories: readonly string[]): { memory: string; rowBytes: number }[] => memories.map((memory) => ({ memory, rowBytes: BYTES }));

describe.each([packetPlugin as BlockPlugin, nocFlitPlugin as BlockPlugin])('groups with members beyond another network, on $name', (plugin) => {
  it('writes to each once: those that share a node follow one by one', () => {
    const { dma, noted } = run(plugin, [{ form: {}, reads: regions(['local']), writes: regions(['near', 'left', 'right']) }]);
    for (const memory of ['near', 'left', 'right']) expect(noted.get(memory)!.bytes).toEqual(new Array<number>(BYTES).fill(1));
    expect(dma).toMatchObject({ writeBursts: 9, bytesWritten: 3 * BYTES });
  });

  it('sends plain messages where all share a node', () => {
    const { noted, report } = run(plugin, [{ form: {}, reads: regions(['local']), writes: regions(['left', 'right']) }]);
    for (const memory of ['left', 'right']) expect(noted.get(memory)!.bytes).toEqual(new Array<number>(BYTES).fill(1));
    expect(report.multicasts).toBeUndefined();
  });

  it.each([[['near', 'left', 'right']], [['left', 'right']], [['near', 'near']], [['near', 'near', 'left']]])('adds what comes from %j', (sources) => {
    const { dma, report, noted } = run(plugin, [{ form: { reduce: 'add' }, reads: regions(sources), writes: regions(['local']) }]);
    expect(dma).toMatchObject({ bytesRead: sources.length * BYTES, bytesWritten: BYTES });
    expect(noted.get('local')!.bytes).toEqual(new Array<number>(BYTES).fill(1));
    expect(report.reductions!.started).toBe(3);
  });
});
