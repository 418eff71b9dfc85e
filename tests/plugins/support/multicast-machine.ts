import { buildMachine, type BlockPlugin, type Machine } from '../../../core/index.js';
import { dmaPlugin } from '../../../plugins/dma/dma/index.js';
import { echoMemory } from './echo-memory.js';
import { notingMemory, type Noted, type NotingOptions } from './noting-memory.js';
import { operationFeeder, type OperationSketch } from './operation-feeder.js';

/** A transfer from place `from` to the memories of others. */
export interface Multicast {
  readonly from: number;
  readonly to: readonly number[];
  readonly bytes: number;
}

export interface MulticastNetwork {
  readonly plugin: BlockPlugin;
  readonly config: object;
  /** Places: a dma engine may be at node 2p, a memory is at node 2p + 1. */
  readonly places: number;
  readonly memory?: NotingOptions;
  /** Clock of the network; all else has 1 GHz. */
  readonly clockHz?: number;
}

/** Largest transfer: each has its addresses in every memory, by its place in the list. */
export const REGION_BYTES = 8192;

/** Runs the transfers, all begun at once; the source of each is local to its engine. */
export function runMulticasts(casts: readonly Multicast[], { plugin, config, places, memory: options, clockHz = 1e9 }: MulticastNetwork) {
  const noted = new Map<string, Noted>();
  const memory = notingMemory(noted, options);
  let machine: Machine | undefined;
  const feeders = casts.map(({ to, bytes }, i) => {
    const sketch: OperationSketch = {
      form: {},
      reads: [{ memory: `source${i}`, rowBytes: bytes }],
      writes: to.map((place) => ({ memory: `memory${place}`, address: i * REGION_BYTES, rowBytes: bytes })),
    };
    return operationFeeder([sketch], () => machine!.block(`dma${i}`).unit!);
  });
  const all = Array.from({ length: places }, (_, place) => place);
  machine = buildMachine({
    name: 'multicast',
    clocks: { core: 1e9, network: clockHz },
    blocks: [
      { path: 'noc', plugin, config: { ...config }, clock: 'network' },
      ...all.map((place) => ({ path: `memory${place}`, plugin: memory, clock: 'core' })),
      ...casts.flatMap((_, i) => [
        { path: `dma${i}`, plugin: dmaPlugin as BlockPlugin, config: { burstBytes: 1024, setupCycles: 0 }, clock: 'core' },
        { path: `source${i}`, plugin: echoMemory, clock: 'core' },
        { path: `feeder${i}`, plugin: feeders[i]!.plugin, clock: 'core' },
      ]),
    ],
    connections: [
      ...all.map((place) => ({ from: `memory${place}.port0`, to: `noc.node${2 * place + 1}` })),
      ...casts.flatMap(({ from }, i) => [
        { from: `dma${i}.local`, to: `source${i}.port0` },
        { from: `dma${i}.network`, to: `noc.node${2 * from}` },
      ]),
    ],
  });
  machine.run();
  machine.finish();
  const noc = machine.built('noc');
  return {
    machine,
    noc,
    ends: feeders.map(({ endTicks }) => endTicks[0]!),
    timesWritten: (place: number): readonly number[] => noted.get(`memory${place}`)!.bytes,
  };
}
