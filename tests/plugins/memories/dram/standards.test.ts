import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { STANDARDS, type StandardForm } from '../../../../plugins/memories/dram/api.js';
import { inherit, named } from '../../../../plugins/memories/dram/standards/inherit.js';
import { wait } from '../../../../plugins/memories/dram/standards/rows.js';
import { commandTicks, resolveConstraints } from '../../../../plugins/memories/dram/timing/resolve.js';

/**
 * Digests of all that a standard comes to: a change of any row shows here and is to be meant. Every timing has a value
 * of its own, so that a rule with the wrong timing shows even where a part has equal numbers.
 */
const DIGESTS: Readonly<Record<string, string>> = {
  DDR3: '013453f9757983a8',
  DDR4: 'd326b61229e51822',
  DDR5: '101a9e267806d215',
  LPDDR3: 'ec48da9a701507fa',
  LPDDR4: '807c436ec5261349',
  LPDDR5: 'f4ff410ec94435b9',
  GDDR5: 'b8b280a1a82a4f7e',
  GDDR6: '99ee100f21dae2cf',
  HBM1: '0da38050e1e7d86c',
  HBM2: 'e2332c4060b6c3e2',
  HBM3: '34e43b997c2673e2',
};

function digestOf(standard: StandardForm): string {
  const names = [...new Set(Object.values(standard.parts).flatMap((part) => Object.keys(part.timings)))].sort();
  const timings = Object.fromEntries(names.map((name, i) => [name, 3 ** i % 1_000_003]));
  const rules = resolveConstraints(standard, timings).map((c) =>
    [c.level, c.preceding, c.following, c.window, c.sibling, c.countedAs ?? '', c.latencyTicks].join('/'),
  );
  const ticks = [...commandTicks(standard)].map((entry) => entry.join(':'));
  const { commandBus, prefetch, readLatency, refreshScope, splitActivation = false, parts } = standard;
  const all = JSON.stringify([rules.sort(), ticks.sort(), commandBus, prefetch, readLatency, refreshScope, splitActivation, parts, standard.ramulator2 ?? {}]);
  return createHash('sha256').update(all).digest('hex').slice(0, 16);
}

describe('standards', () => {
  it.each(Object.keys(DIGESTS))('%s comes to the table that it is meant to come to', (name) => {
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

  it('keeps what is not changed', () => expect(inherit(base, own)).toEqual({ ...base, ...own, family: 'BASE' }));

  it('is of the family of its base only if every row of that stays', () => {
    const familyOf = (changes: object) => inherit(base, { ...own, ...changes }).family;
    expect(familyOf({ rules: { more: wait('rank', 'RD', 'WR', 'nRTW') } })).toBe('BASE');
    expect(familyOf({ rules: { close: 'nRP - 1' } })).toBeUndefined();
    expect(familyOf({ without: ['row'] })).toBeUndefined();
    expect(familyOf({ timings: { nRP: 'nRPx' } })).toBeUndefined();
  });

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
