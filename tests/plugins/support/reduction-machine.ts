import { buildMachine, type BlockPlugin } from '../../../core/index.js';
import { echoMemory } from './echo-memory.js';
import { scriptedDriver, type ScriptedRequest } from './traffic-driver.js';

/** Requests of the driver at place `from`; the first of each list of places leads the reduction. */
export interface ReductionScript {
  readonly from: number;
  readonly reads: readonly { readonly of: readonly number[]; readonly bytes: number; readonly write?: boolean }[];
}

export interface ReductionReport {
  readonly links: readonly { readonly label: string; readonly bytes: number; readonly packets: number; readonly flits: number }[];
  readonly reductions?: { readonly started: number; readonly held: number; readonly packetsCombined: number };
}

/** A driver at node 2p of some places of a network, a memory at node 2p + 1 of each; a write goes to its first memory alone. `clockHz`: of the network, all else has 1 GHz. */
export function runReductions(
  scripts: readonly ReductionScript[],
  plugin: BlockPlugin,
  config: object,
  places: number,
  memory: BlockPlugin = echoMemory,
  clockHz = 1e9,
) {
  const drivers = scripts.map(({ reads }) =>
    scriptedDriver(
      reads.map(({ of: [first, ...others], bytes, write }): ScriptedRequest => {
        const also = others.length === 0 || write === true ? {} : { also: others.map((place) => `memory${place}`) };
        return { atCycle: 0, target: `memory${first}`, rowBytes: bytes, kind: write === true ? 'write' : 'read', ...also };
      }),
    ),
  );
  const all = Array.from({ length: places }, (_, place) => place);
  const machine = buildMachine({
    name: 'reduction',
    clocks: { core: 1e9, network: clockHz },
    blocks: [
      { path: 'noc', plugin, config: { ...config }, clock: 'network' },
      ...all.map((place) => ({ path: `memory${place}`, plugin: memory, clock: 'core' })),
      ...drivers.map((driver, i) => ({ path: `driver${i}`, plugin: driver.plugin, clock: 'core' })),
    ],
    connections: [
      ...all.map((place) => ({ from: `memory${place}.port0`, to: `noc.node${2 * place + 1}` })),
      ...scripts.map(({ from }, i) => ({ from: `driver${i}.memory0`, to: `noc.node${2 * from}` })),
    ],
  });
  machine.run();
  machine.finish();
  const noc = machine.built('noc');
  const report = noc.model.report!() as unknown as ReductionReport;
  const cycles = drivers.map(({ outcomes }) => outcomes.map(({ sentTick, doneTick }) => (doneTick - sentTick) / 1000));
  return { machine, noc, report, cycles };
}
