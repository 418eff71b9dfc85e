import { describe, expect, it } from 'vitest';
import { BLOCK_CONTRACT, IDEAL_RULE, MILESTONES_RULE } from '../../core/conformance/block-contract.js';
import type { ActionDeclarations, BlockFacts, BlockPlugin, IdealDeclaration, StallClasses } from '../../core/index.js';
import { memoryWith } from './faulty-memory.js';

const good = memoryWith('none');
const idle = { role: 'rest', description: 'Nothing to do' } as const;
const busy = { role: 'work', description: 'At work' } as const;

/** What all rules say of a plugin, those that not every built-in block keeps yet among them. */
function problemsOf(plugin: BlockPlugin): string[] {
  return [...BLOCK_CONTRACT, MILESTONES_RULE, IDEAL_RULE].flatMap((rule) => rule.check(plugin) ?? []);
}

function without(key: 'stallClasses' | 'actions' | 'milestones' | 'ideal'): BlockPlugin {
  const { [key]: _, ...rest } = good;
  return rest;
}

const withStalls = (stallClasses: StallClasses): BlockPlugin => ({ ...good, stallClasses });
const withActions = (actions: ActionDeclarations): BlockPlugin => ({ ...good, actions: () => actions });
const withIdeal = (ideal: Readonly<Record<string, IdealDeclaration>>): BlockPlugin => ({ ...good, ideal });
const withFacts = (facts: BlockFacts): BlockPlugin => ({ ...good, describe: () => facts });

const memoryFacts = { kind: 'memory', capacityBytes: 1024, peakBytesPerCycle: 8, latencyCycles: 1, isHome: false, preferredBurstBytes: Infinity } as const;
const core = (tileCycles: () => number): BlockPlugin => ({
  ...good,
  kind: 'core',
  describe: () => ({ kind: 'core', peakMacsPerCycle: 4, rows: 2, columns: 2, dataflow: 'weight-stationary', operators: ['gemm'], tileCycles }),
});

describe('the contract', () => {
  it('holds for a block that says it has nothing', () => {
    expect(problemsOf(good)).toEqual([]);
  });

  it.each<[string, BlockPlugin, string]>([
    ['no stall classes', without('stallClasses'), '`stallClasses` is not declared'],
    ['nothing that is work', withStalls({ idle }), '`stallClasses` has no class of work'],
    ['a class without a description', withStalls({ idle, busy: { ...busy, description: '' } }), '`stallClasses.busy` has no description'],
    [
      'a class that waits on nothing',
      withStalls({ idle, busy, late: { role: 'wait', description: 'Late' } }),
      '`stallClasses.late` waits, and does not say `on` what',
    ],
    ['no actions', without('actions'), '`actions` is not declared'],
    ['an action without a unit', withActions({ read: { energyPj: 1, unit: '' } }), '`actions.read` has no unit'],
    ['an energy that is no number', withActions({ read: { energyPj: NaN, unit: 'word' } }), '`actions.read` has an `energyPj` of NaN'],
    ['a negative power', withActions({ leakage: { powerMw: -1 } }), '`actions.leakage` has a `powerMw` of -1'],
    [
      'an expected count that is no number',
      withActions({ read: { energyPj: 1, unit: 'word', expected: { perByteRead: Infinity } } }),
      '`actions.read` has an expected `perByteRead` of Infinity',
    ],
    ['no milestones', without('milestones'), '`milestones` is not declared'],
    ['no ideal keys', without('ideal'), '`ideal` is not declared'],
    ['an ideal key that no configuration takes', withIdeal({ refresh: { description: 'No refresh' } }), '`configSchema` has no `ideal`'],
    [
      'an anomaly of any size',
      withIdeal({ refresh: { description: 'No refresh', anomaly: { reason: 'order', atMost: 7 } } }),
      '`ideal.refresh` has an anomaly of at most 7, which is no share',
    ],
    ['a fact that is no number', withFacts({ ...memoryFacts, latencyCycles: NaN }), 'fact `latencyCycles` is NaN'],
    ['a fact by which others divide that is 0', withFacts({ ...memoryFacts, peakBytesPerCycle: 0 }), 'fact `peakBytesPerCycle` is 0'],
    ['a closed form that gives NaN', core(() => NaN), '`tileCycles` of gemm, loops {}, bits {} is NaN'],
    ['a closed form that gives less than nothing', core(() => -1), '`tileCycles` of gemm, loops {}, bits {} is -1'],
  ])('names block and field of %s', (_, plugin, problem) => {
    expect(problemsOf(plugin).filter((text) => text.startsWith(`${plugin.name}: ${problem}`))).toHaveLength(1);
  });

  it.each<[string, BlockPlugin, string]>([
    ['a response with another requester', memoryWith('requester'), 'bench-port0 got 200 messages whose `requester` was changed on the way'],
    ['a response with another tag', memoryWith('tag'), 'bench-port0 got 200 messages whose `tag` was changed on the way'],
    ['a statistic that is not declared', memoryWith('unknown-statistic'), 'the model writes `statistics.servd`, which is not declared'],
    ['a statistic that is no number', memoryWith('statistic-nan'), '`statistics.served` is NaN'],
  ])('names block and field of %s', (_, plugin, problem) => {
    expect(problemsOf(plugin)).toEqual([`${plugin.name}: ${problem}`]);
  });
});
