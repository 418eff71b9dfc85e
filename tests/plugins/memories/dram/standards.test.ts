import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { STANDARDS, type StandardForm } from '../../../../plugins/memories/dram/api.js';
import { inherit, named } from '../../../../plugins/memories/dram/standards/inherit.js';
import { wait } from '../../../../plugins/memories/dram/standards/rows.js';
import { commandTicks, resolveConstraints } from '../../../../plugins/memories/dram/timing/resolve.js';

/**
 * Digests of all that a standard comes to, as computed when each standard still wrote out its whole table. Every timing has a value
 * of its own, so that a rule with the wrong timing shows even where a part has equal numbers.
 */
const DIGESTS: Readonly<Record<string, string>> = {
  DDR3: '3dc9848610a117dd',
  DDR4: 'e3d3ff82929d281e',
  DDR5: '85bd07cb19fb81cf',
  LPDDR3: 'e4ac823a95c41c06',
  LPDDR4: '427a2930f5eb5456',
  LPDDR5: '779955a07d1baff2',
  GDDR5: '655c2dd3d5a718bb',
  GDDR6: 'bc49888fe6e702a5',
  HBM1: 'bc7ba4aca716f4e2',
  HBM2: '83829cc20e80f3cf',
  HBM3: 'c1ba9d058c75ceca',
};

function digestOf(standard: StandardForm): string {
  const names = [...new Set(Object.values(standard.parts).flatMap((part) => Object.keys(part.timings)))].sort();
  const timings = Object.fromEntries(names.map((name, i) => [name, 3 ** i % 1_000_003]));
  const rules = resolveConstraints(standard, timings).map((c) => [c.level, c.preceding, c.following, c.window, c.sibling, c.latencyTicks].join('/'));
  const ticks = [...commandTicks(standard)].map((entry) => entry.join(':'));
  const { commandBus, prefetch, readLatency, refreshScope, splitActivation = false, parts } = standard;
  const all = JSON.stringify([rules.sort(), ticks.sort(), commandBus, prefetch, readLatency, refreshScope, splitActivation, parts]);
  return createHash('sha256').update(all).digest('hex').slice(0, 16);
}

describe('standards', () => {
  it.each(Object.keys(DIGESTS))('%s comes to the table that was once written out', (name) => {
    expect(digestOf(STANDARDS.get(name)!)).toBe(DIGESTS[name]);
  });

  it('has a digest of every standard', () => expect(Object.keys(DIGESTS)).toEqual([...STANDARDS.keys()]));
});

describe('inherit', () => {
  const base: StandardForm = {
    name: 'BASE',
    source: 'test',
    commandBus: 'single',
    prefetch: 8,
    readLatency: 'nCL',
    refreshScope: 'rank',
    constraints: named({
      row: wait('rank', 'ACT', 'ACT', 'nRRD'),
      column: wait('bank', 'ACT', 'RD', 'nRCD - nRC'),
      close: wait('bank', 'PREpb', 'ACT', 'nRP'),
    }),
    parts: {},
  };
  const own = { name: 'OWN', source: 'test', parts: {} };
  const rulesOf = (standard: StandardForm) =>
    standard.constraints.map((rule) => `${rule.name}: ${rule.level} ${rule.preceding}>${rule.following} ${rule.latency} x${rule.window}`);

  it('keeps what is not changed', () => expect(inherit(base, own)).toEqual({ ...base, ...own }));

  it('renames whole timings and levels', () => {
    expect(rulesOf(inherit(base, { ...own, timings: { nRC: 'nRCs', nRR: 'wrong' }, levels: { rank: 'channel' } }))).toEqual([
      'row: channel ACT>ACT nRRD x1',
      'column: bank ACT>RD nRCD - nRCs x1',
      'close: bank PREpb>ACT nRP x1',
    ]);
  });

  it('takes rules out, gives them another latency, replaces and adds them', () => {
    const changed = inherit(base, {
      ...own,
      without: ['close'],
      rules: { column: 'nRCDRD', row: wait('group', 'ACT', 'ACT', 'nFAW', 4), more: wait('rank', 'RD', 'WR', 'nRTW') },
    });
    expect(rulesOf(changed)).toEqual(['row: group ACT>ACT nFAW x4', 'column: bank ACT>RD nRCDRD x1', 'more: rank RD>WR nRTW x1']);
  });

  it.each([[{ without: ['rows'] }], [{ rules: { rows: 'nRP' } }]])('refuses to change a rule that is not there: %o', (changes) => {
    expect(() => inherit(base, { ...own, ...changes })).toThrow("OWN changes the rule 'rows', which BASE does not have");
  });
});
