import type { Machine } from '../machine/machine.js';
import type { BlockPlugin } from '../plugin/block-plugin.js';
import { benchOf, machineAround, runBench } from './bench-machine.js';
import { ruleOfBlock } from './contract-rule.js';
import { thrownMessage } from '../text/thrown.js';

/** Tries a machine around a block with this configuration, and gives it back at its end. */
export type IdealTrial = (plugin: BlockPlugin) => Machine;

/** A mechanism that is idealised can only help, beyond an anomaly that the plugin states. Blocks without such mechanisms keep it. */
export const IDEAL_RULE = ruleOfBlock('ends not later with any of its mechanisms idealised, and as ever with none', (plugin) => {
  try {
    return checkIdeal(plugin, (variant) => (variant === plugin ? benchOf(plugin, 0) : runBench(machineAround(variant, 0))).machine);
  } catch (error) {
    return `cannot be tried: ${thrownMessage(error)}`;
  }
});

/**
 * What is wrong with the ideal keys of a plugin, undefined when nothing is.
 *
 * @param trial runs the same work on the plugin, with the configuration of its `example`
 */
export function checkIdeal(plugin: BlockPlugin, trial: IdealTrial): string | undefined {
  const keys = Object.keys(plugin.ideal ?? {});
  if (keys.length === 0) return undefined;
  const declared = Object.entries(plugin.ideal ?? {}).find(([, { description }]) => !description);
  if (declared !== undefined) return `ideal '${declared[0]}' has no description`;
  const real = trial(idealised(plugin, undefined));
  if (figuresOf(trial(idealised(plugin, []))) !== figuresOf(real)) return '`ideal: []` changes the results';
  for (const chosen of [...keys.map((key) => [key]), keys]) {
    const end = trial(idealised(plugin, chosen)).kernel.now;
    const allowed = real.kernel.now * (1 + anomalyOf(plugin, chosen));
    if (end > allowed) return `with ideal ${chosen.join(', ')} it ends at tick ${end}, not at ${real.kernel.now} or before`;
  }
  return undefined;
}

/** The plugin whose example idealises these mechanisms; undefined: does not speak of them. */
function idealised(plugin: BlockPlugin, keys: readonly string[] | undefined): BlockPlugin {
  if (keys === undefined && plugin.example?.config?.['ideal'] === undefined) return plugin;
  const { ideal: _, ...config } = { ideal: undefined, ...plugin.example?.config };
  return { ...plugin, example: { ...plugin.example, config: keys === undefined ? config : { ...config, ideal: keys } } };
}

function anomalyOf(plugin: BlockPlugin, keys: readonly string[]): number {
  return keys.reduce((sum, key) => sum + (plugin.ideal?.[key]?.anomaly?.atMost ?? 0), 0);
}

function figuresOf(machine: Machine): string {
  return JSON.stringify(machine.blocks.map((block) => [block.path, block.statistics, [...block.stalls.ticks], block.energy.breakdownPj(1)]));
}
