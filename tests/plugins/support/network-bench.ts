import fc from 'fast-check';
import type { BlockPlugin } from '../../../core/index.js';
import type { BlockSpec } from '../../../core/machine/specification.js';
import { buildMachine } from '../../../core/machine/machine.js';
import { echoMemory } from './echo-memory.js';
import { scriptedDriver, type DriverOptions, type ScriptedRequest } from './traffic-driver.js';

export const PERIOD_TICKS = 1000;

/** Requesters at the first node ports, memories (`memory0`, ...) at the ports behind them. */
export interface BenchTraffic {
  readonly scripts: readonly (readonly ScriptedRequest[])[];
  readonly memories: number;
  readonly driverOptions?: readonly DriverOptions[];
  /** Node of each requester and then of each memory; default 0, 1, ... */
  readonly nodes?: readonly number[];
}

export function runNetwork(plugin: BlockPlugin, config: Readonly<Record<string, unknown>>, traffic: BenchTraffic, seed = 1) {
  const drivers = traffic.scripts.map((script, i) => scriptedDriver(script, traffic.driverOptions?.[i] ?? {}));
  const memories = Array.from({ length: traffic.memories }, (_, i) => i);
  const nodeOf = (place: number): number => traffic.nodes?.[place] ?? place;
  const blocks: BlockSpec[] = [
    { path: 'noc', plugin, config, clock: 'core' },
    ...drivers.map((driver, i) => ({ path: `driver${i}`, plugin: driver.plugin, clock: 'core' })),
    ...memories.map((i) => ({ path: `memory${i}`, plugin: echoMemory, clock: 'core' })),
  ];
  const machine = buildMachine({
    name: 'network under test',
    clocks: { core: 1e9 },
    blocks,
    connections: [
      ...drivers.map((_, i) => ({ from: `driver${i}.memory0`, to: `noc.node${nodeOf(i)}` })),
      ...memories.map((i) => ({ from: `memory${i}.port0`, to: `noc.node${nodeOf(drivers.length + i)}` })),
    ],
    seed,
  });
  machine.run();
  machine.finish();
  const outcomes = drivers.map((driver) => driver.outcomes);
  const roundTrips = outcomes.map((list) => list.map((o) => (o.doneTick - o.sentTick) / PERIOD_TICKS));
  return { machine, noc: machine.built('noc'), outcomes, roundTrips };
}

/** Random requests to `memories` memories by up to `requesters` requesters. */
export function randomTraffic(requesters: number, memories: number): fc.Arbitrary<BenchTraffic> {
  const request = fc.record({
    memory: fc.nat(memories - 1),
    rowBytes: fc.integer({ min: 1, max: 600 }),
    kind: fc.constantFrom('read' as const, 'write' as const),
    wait: fc.nat(20),
    priority: fc.nat(2),
  });
  const script = fc.array(request, { maxLength: 12 }).map((list) => {
    let atCycle = 0;
    return list.map(({ memory, wait, ...rest }): ScriptedRequest => ({ ...rest, target: `memory${memory}`, atCycle: (atCycle += wait) }));
  });
  return fc.record({
    scripts: fc.array(script, { minLength: requesters, maxLength: requesters }),
    memories: fc.constant(memories),
    driverOptions: fc.array(fc.record({ takeResponsesFromCycle: fc.constantFrom(0, 0, 700) }), { minLength: requesters, maxLength: requesters }),
  });
}

/** Bytes on the wire, both ways: payload once, a header each way. */
export function wireBytesOf(traffic: BenchTraffic): number {
  return traffic.scripts.flat().reduce((sum, request) => sum + request.rowBytes * (request.rows ?? 1) + 16, 0);
}
