import type { BuiltBlock } from '../machine/built-block.js';
import type { BlockPlugin } from '../plugin/block-plugin.js';

/** What a block has written among its statistics that it may not; call at the end of its run. A misspelt one would be counted where nobody looks. */
export function undeclaredStatistic(plugin: BlockPlugin, { statistics, model }: BuiltBlock): string | undefined {
  model.finish?.();
  for (const [name, value] of Object.entries(statistics)) {
    const declaration = plugin.statistics[name];
    if (declaration === undefined) return `the model writes \`statistics.${name}\`, which is not declared`;
    if (!Number.isFinite(value)) return `\`statistics.${name}\` is ${String(value)}`;
    if (declaration.ratio !== undefined && value !== 0) return `the model writes \`statistics.${name}\`, a ratio that the core computes`;
  }
  return undefined;
}
