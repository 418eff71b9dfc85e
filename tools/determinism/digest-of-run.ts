import type { EventQueue } from 'tessera-sim';
import { PluginRegistry } from '../../core/plugin/registry.js';
import { loadScenario } from '../../core/scenario/load.js';
import { runScenario } from '../../core/run/run.js';
import { builtinPlugins } from '../../plugins/index.js';

export interface Variation {
  readonly reverseConstruction?: boolean;
  readonly queue?: EventQueue;
}

/** Loads and runs a scenario and returns its result digest. */
export async function digestOfRun(file: string, variation: Variation = {}): Promise<string> {
  const { scenario, registry } = await loadScenario(file, new PluginRegistry(builtinPlugins));
  const count = scenario.machine?.blocks.length ?? 0;
  const reversed = Array.from({ length: count }, (_, index) => count - 1 - index);
  const result = await runScenario(scenario, registry, {
    ...(variation.queue === undefined ? {} : { queue: variation.queue }),
    ...(variation.reverseConstruction === true ? { constructionOrder: reversed } : {}),
  });
  return result.digest;
}
