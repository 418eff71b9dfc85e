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

/** Plugins that a machine effect may come from, those that causes name first. */
export function suspects(causes: readonly SlowerCause[], { dram, network }: RandomCase): string[] {
  const named = causes.flatMap((cause) => (cause.kind === 'mechanism' ? [cause.plugin] : []));
  return [...new Set([...named, dram.use, network.use, 'sram', 'dma', 'systolic'])];
}

/**
 * What a slowdown of two machines with one schedule comes from: the first of the suspected plugins without whose mechanisms (`ideal`), in
 * both machines, it is gone. Undefined when none of them alone explains it.
 */
export async function confirmedBy(before: RandomCase, after: RandomCase, base: Planned, plugins: readonly string[]): Promise<string | undefined> {
  for (const plugin of plugins) {
    const seconds = [];
    for (const drawn of [before, after]) seconds.push(await idealSeconds(drawn, base, plugin));
    if (seconds.every((time) => time !== undefined) && seconds[1]! / seconds[0]! - 1 <= LEAST_SLOWDOWN) return plugin;
  }
  return undefined;
}

async function idealSeconds(drawn: RandomCase, base: Planned, plugin: string): Promise<number | undefined> {
  const block = builtinPlugins.find((one): one is BlockPlugin => one.name === plugin && 'ports' in one);
  const mechanisms = Object.keys(block?.ideal ?? {});
  if (mechanisms.length === 0) return undefined;
  const paths = PATHS[plugin] ?? [drawn.dram.use === plugin ? 'dram' : 'noc'];
  const set: Record<string, unknown> = {};
  for (const path of paths) for (let core = 0; core < drawn.cores; core++) set[`machine.${path.replace('{i}', String(core))}.with.ideal`] = mechanisms;
  const { simulation } = await simulate(await plan(drawn, set), base);
  return simulation.seconds;
}
