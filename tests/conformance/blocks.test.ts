import { describe, expect, it } from 'vitest';
import { BLOCK_CONTRACT, isBlockPlugin, type ContractRule } from '../../core/conformance/block-contract.js';
import { UNIT_RULE, unitRule } from '../../core/conformance/unit-rule.js';
import { STATE_RULE, stateRule } from '../../core/conformance/state-rule.js';
import { builtinPlugins } from '../../plugins/index.js';
import { isLongRun } from '../many.js';

/** Six moments of a state in the long run, as in `tessera plugin test`. */
const QUICK = new Map<ContractRule, ContractRule>([
  [STATE_RULE, stateRule([0.03, 0.6])],
  [UNIT_RULE, unitRule([0.4])],
]);
const RULES = BLOCK_CONTRACT.map((rule) => (isLongRun ? rule : (QUICK.get(rule) ?? rule)));
const blocks = builtinPlugins.filter(isBlockPlugin);

describe.each(blocks.map((plugin) => [plugin.name, plugin] as const))('contract of %s', (_, plugin) => {
  it.each(RULES.map((rule) => [rule.name, rule] as const))('%s', (_name, rule) => {
    expect(rule.check(plugin)).toBeUndefined();
  });
});
