import { describe, expect, it } from 'vitest';
import { BLOCK_CONTRACT, isBlockPlugin } from '../../core/conformance/block-contract.js';
import { builtinPlugins } from '../../plugins/index.js';

const blocks = builtinPlugins.filter(isBlockPlugin);

describe.each(blocks.map((plugin) => [plugin.name, plugin] as const))('contract of %s', (_, plugin) => {
  it.each(BLOCK_CONTRACT.map((rule) => [rule.name, rule] as const))('%s', (_name, rule) => {
    expect(rule.check(plugin)).toBeUndefined();
  });
});
