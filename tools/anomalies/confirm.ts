import { builtinPlugins } from '../../plugins/index.js';
import type { BlockPlugin } from '../../core/index.js';
import type { SlowerCause } from '../../core/analysis/slower-causes.js';
import { LEAST_SLOWDOWN } from './changes.js';
import type { RandomCase } from './machines.js';
import { plan, simulate, type Planned } from './runs.js';

/** Paths of the blocks of a plugin in a case's machine. */
const PATHS: Readonly<Record<string, readonly string[]>> = {
  systolic: ['core{i}.pe'],
  vector: ['core{i}.vec'],
  sram: ['core{i}.l1'],
  dma: ['core{i}.dma'],
};

/** Paths on which a burst takes no time to speak of, of plugins whose `ideal` has no mechanism for that. */
const WIDEST: Readonly<Record<string, Readonly<Record<string, number>>>> = { dma: { widthBits: 8192 }, 'dram-simple': { bytesPerCycle: 32 } };

/** Plugins that a machine effect may come from, those that causes name first. */
export function suspects(causes: readonly SlowerCause[], { dram, network }: RandomCase): string[] {
  const named = causes.flatMap((cause) => (cause.kind === 'mechanism' ? [cause.plugin] : []));
  return [...new Set([...named, dram.use, network.use, 'sram', 'dma', 'systolic'])];
}

/**
 * What a slowdown of two machines with one schedule comes from: the first of the suspected plugins without whose mechanisms (`ideal`, and
 * the time on its own data path), in both machines, it is gone; else the first two or three (`dma and bus`): a burst that several stages each hold
 * until all of it has come overlaps less in all of them. Undefined when no three explain it.
 */
export async function confirmedBy(before: RandomCase, after: RandomCase, base: Planned, plugins: readonly string[]): Promise<string | undefined> {
  for (const group of [1, 2, 3].flatMap((size) => groupsOf(size, plugins))) {
    const seconds = [];
    for (const drawn of [before, after]) seconds.push(await idealSeconds(drawn, base, group));
    if (seconds.every((time) => time !== undefined) && seconds[1]! / seconds[0]! - 1 <= LEAST_SLOWDOWN) return group.join(' and ');
  }
  return undefined;
}

function groupsOf(size: number, plugins: readonly string[]): string[][] {
  if (size === 0) return [[]];
  return plugins.flatMap((first, i) => groupsOf(size - 1, plugins.slice(i + 1)).map((others) => [first, ...others]));
}

/** Undefined when one of the plugins has nothing to idealise. */
async function idealSeconds(drawn: RandomCase, base: Planned, plugins: readonly string[]): Promise<number | undefined> {
  const set: Record<string, unknown> = {};
  for (const plugin of plugins) {
    const settings = idealSettings(plugin);
    if (settings === undefined) return undefined;
    const paths = PATHS[plugin] ?? [drawn.dram.use === plugin ? 'dram' : 'noc'];
    for (const path of paths)
      for (let core = 0; core < drawn.cores; core++)
        for (const [name, value] of Object.entries(settings)) set[`machine.${path.replace('{i}', String(core))}.with.${name}`] = value;
  }
  const { simulation } = await simulate(await plan(drawn, set), base);
  return simulation.seconds;
}

function idealSettings(plugin: string): Record<string, unknown> | undefined {
  const block = builtinPlugins.find((one): one is BlockPlugin => one.name === plugin && 'ports' in one);
  const mechanisms = Object.keys(block?.ideal ?? {});
  if (mechanisms.length === 0) return undefined;
  return { ideal: mechanisms, ...WIDEST[plugin] };
}
