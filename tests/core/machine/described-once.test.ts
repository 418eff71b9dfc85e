import { describe, expect, it } from 'vitest';
import { loadScenario, PluginRegistry, runScenario, type BlockPlugin, type Plugin } from '../../../core/index.js';
import { builtinPlugins } from '../../../plugins/index.js';

/** The plugin, with a count of how often it describes a block and of how often its schema is asked for. */
function counted(plugin: Plugin, described: Map<string, number>, validated: Map<string, number>): Plugin {
  if (!('describe' in plugin)) return plugin;
  const block = plugin as BlockPlugin;
  const count = (map: Map<string, number>, name: string): void => void map.set(name, (map.get(name) ?? 0) + 1);
  return {
    ...block,
    get configSchema() {
      count(validated, block.name);
      return block.configSchema;
    },
    describe: (context) => {
      count(described, context.path);
      return block.describe(context);
    },
  };
}

describe('a machine', () => {
  it('is described once a block, and its configurations validated once, from file to result', async () => {
    const described = new Map<string, number>();
    const validated = new Map<string, number>();
    const registry = new PluginRegistry(builtinPlugins.map((plugin) => counted(plugin, described, validated)));
    // The registry looks at a plugin's fields when it is first used.
    for (const { name } of builtinPlugins) registry.findBlock(name);
    validated.clear();
    const loaded = await loadScenario('scenarios/examples/llm-decode-pim.yaml', registry);
    await runScenario(loaded.scenario, loaded.registry);
    const blocks = loaded.scenario.machine?.blocks ?? [];
    expect(blocks.length).toBeGreaterThan(3);
    for (const { path } of blocks) expect(described.get(path), path).toBe(1);
    const uses = new Map<string, number>();
    for (const { use } of blocks) uses.set(use, (uses.get(use) ?? 0) + 1);
    expect(validated).toEqual(uses);
  });
});
