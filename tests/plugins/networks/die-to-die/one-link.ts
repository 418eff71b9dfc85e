import type { BlockPlugin, SpanProbe } from '../../../../core/index.js';
import { completeConfig } from '../../../../core/plugin/plugin-config.js';
import { buildMachine } from '../../../../core/machine/machine.js';
import type { DieToDieConfig } from '../../../../plugins/networks/die-to-die/config.js';
import { dieToDiePlugin } from '../../../../plugins/networks/die-to-die/index.js';
import { LinkTiming } from '../../../../plugins/networks/die-to-die/link-timing.js';
import { echoMemory } from '../../support/echo-memory.js';
import { spansOf } from '../../support/lane-spans.js';
import { scriptedDriver, type DriverOptions, type ScriptedRequest } from '../../support/traffic-driver.js';

export const link = dieToDiePlugin as BlockPlugin;
export const HEADER = 8;
export type Partially = Partial<DieToDieConfig>;

export const timingOf = (config: Partially): LinkTiming => new LinkTiming(completeConfig(link.configSchema, config, '') as unknown as DieToDieConfig);
/** First edge of the 1 GHz clock at or after a tick. */
export const edge = (tick: number): number => Math.ceil(tick / 1000) * 1000;

/** Plays a script over one link to a memory that answers at once; `toFar` and `toNear` are the messages on the lanes each way. */
export function run(config: Partially, script: readonly ScriptedRequest[], options: DriverOptions = {}, seed = 1) {
  const driver = scriptedDriver(script, options);
  const machine = buildMachine({
    name: 'link under test',
    clocks: { core: 1e9 },
    blocks: [
      { path: 'd2d', plugin: link, config: config as Record<string, unknown>, clock: 'core' },
      { path: 'driver', plugin: driver.plugin, clock: 'core' },
      { path: 'memory', plugin: echoMemory, clock: 'core' },
    ],
    connections: [
      { from: 'driver.memory0', to: 'd2d.a' },
      { from: 'd2d.b', to: 'memory.port0' },
    ],
    seed,
  });
  const d2d = machine.built('d2d');
  const [toFar, toNear] = ['a-to-b', 'b-to-a'].map((way) => spansOf(d2d.probes.get(way) as SpanProbe));
  machine.run();
  machine.finish();
  return { machine, outcomes: driver.outcomes, d2d, toFar: toFar!, toNear: toNear! };
}

export const request = (fields: Partial<ScriptedRequest>): ScriptedRequest => ({ atCycle: 0, target: 'memory', rowBytes: 1024, ...fields });
