import { describe, expect, it } from 'vitest';
import { Command, STANDARDS, commandOf, resolveDram, specificationOfRecord, type Constraint } from '../../../../plugins/memories/dram/api.js';
import { asInRamulator2 } from '../../../../plugins/memories/dram/standards/inherit.js';
import { resolveConstraints } from '../../../../plugins/memories/dram/timing/resolve.js';
import { evaluateFormula } from '../../../../plugins/memories/dram/timing/formula.js';
import { golden } from './golden.js';

interface ConstraintRow {
  readonly level: string;
  readonly preceding: readonly string[];
  readonly following: readonly string[];
  readonly latency: number;
  readonly window: number;
  readonly sibling: boolean;
}

type Config = Readonly<Record<string, unknown>> & {
  readonly constraints_ticks: readonly ConstraintRow[];
  readonly derived_constraints_cycles: Readonly<Record<string, number | null>>;
};

const { configs } = golden('dram-timings.json') as { configs: Readonly<Record<string, Config>> };
const LEVEL: Readonly<Record<string, number>> = { Channel: 0, Rank: 1, PseudoChannel: 1, Sid: 2, BankGroup: 3, Bank: 4 };

/** Longest latency per (level, preceding, following, window, sibling). */
function table(rows: Iterable<readonly [string, number]>): Record<string, number> {
  const longest: Record<string, number> = {};
  for (const [key, latency] of rows) longest[key] = Math.max(longest[key] ?? -Infinity, latency);
  return longest;
}

/**
 * Rules that Ramulator 2.1 does not have and its records do not touch: what follows an auto-precharge, a precharge of all banks or a refresh of one
 * bank. Without them, the tables are those of Ramulator.
 */
const COMPLETED: readonly string[] = [
  'refreshToRefresh',
  'readAutoToPrechargeAll',
  'writeAutoToPrechargeAll',
  'readAutoToPrecharge',
  'writeAutoToPrecharge',
  'bankReadAutoToRefresh',
  'bankWriteAutoToRefresh',
  'bankRefreshToRefresh',
  'bankRefreshToPrecharge',
  'refreshBankToPrechargeAll',
  'refreshBankToRefreshBank',
  'refreshBankToRefresh',
  'prechargeAllToRefreshBank',
  'refreshToRefreshBank',
  'activateToRefreshBank',
  'prechargeToRefresh',
];
/** Of these, what Ramulator has of a standard. */
const THERE: Readonly<Record<string, readonly string[]>> = {
  DDR4: ['prechargeToRefresh'],
  DDR5: ['prechargeToRefresh'],
  LPDDR5: ['prechargeToRefresh', 'refreshBankToRefresh', 'refreshBankToRefreshBank', 'refreshToRefresh'],
  GDDR6: ['activateToRefreshBank', 'prechargeAllToRefreshBank', 'refreshBankToRefresh', 'bankReadAutoToRefresh', 'bankWriteAutoToRefresh'],
  HBM2: ['prechargeToRefresh', 'activateToRefreshBank'],
  HBM3: ['prechargeToRefresh', 'activateToRefreshBank', 'refreshBankToRefreshBank'],
};

function ramulatorTable(config: Config, name: string): readonly Constraint[] {
  const { standard: standardName, timings } = specificationOfRecord({ ...config, config: name });
  const standard = asInRamulator2(STANDARDS.get(standardName)!);
  const isOurs = (rule: string) => COMPLETED.includes(rule) && THERE[standardName]?.includes(rule) !== true;
  return resolveConstraints({ ...standard, constraints: standard.constraints.filter((rule) => !isOurs(rule.name!)) }, timings);
}

describe('timing tables', () => {
  const ramulator = Object.entries(configs).filter(([name]) => name.startsWith('r2_'));

  it.each(ramulator)('%s resolves to the same constraints as in Ramulator 2.1', (name, config) => {
    const constraints = ramulatorTable(config, name);
    const own = table(constraints.map((c) => [[c.level, c.preceding, c.following, c.window, c.sibling].join('/'), c.latencyTicks]));
    const expected = table(
      config.constraints_ticks.flatMap((row) =>
        row.preceding.flatMap((preceding) =>
          row.following
            // Refresh management commands (RFM) are not modelled.
            .filter((following) => commandOf(preceding) !== undefined && commandOf(following) !== undefined)
            .map((following): [string, number] => [
              [LEVEL[row.level], commandOf(preceding), commandOf(following), row.window, row.sibling].join('/'),
              row.latency,
            ]),
        ),
      ),
    );
    expect(own).toEqual(expected);
  });

  const dramsim3 = Object.entries(configs).filter(([name]) => name.startsWith('ds3_'));

  it.each(dramsim3)('%s derives the same cycles as DRAMsim3', (name, config) => {
    const { constraints } = resolveDram(specificationOfRecord({ ...config, config: name }));
    const find = (level: number, preceding: number, following: number, sibling: boolean, window = 1) =>
      constraints.find((c) => c.level === level && c.preceding === preceding && c.following === following && c.sibling === sibling && c.window === window)
        ?.latencyTicks ?? null;
    const { activate: A, read: R, write: W, precharge: P, readAuto: RA, writeAuto: WA, refreshAll: REF } = Command;
    const own = {
      RD_RD_L: find(4, R, R, false),
      RD_RD_S: find(3, R, R, true),
      RD_RD_otherRank: find(1, R, R, true),
      RD_WR: find(4, R, W, false),
      RD_WR_otherRank: find(1, R, W, true),
      RD_PRE: find(4, R, P, false),
      RDA_ACT: find(4, RA, A, false),
      WR_RD_L: find(4, W, R, false),
      WR_RD_S: find(3, W, R, true),
      WR_RD_otherRank: find(1, W, R, true),
      WR_WR_L: find(4, W, W, false),
      WR_WR_S: find(3, W, W, true),
      WR_WR_otherRank: find(1, W, W, true),
      WR_PRE: find(4, W, P, false),
      WRA_ACT: find(4, WA, A, false),
      PRE_ACT: find(4, P, A, false),
      PRE_REF: find(4, P, REF, false),
      PRE_PRE_otherBank: find(4, P, P, true),
      ACT_ACT_sameBank: find(4, A, A, false),
      ACT_ACT_L: find(4, A, A, true),
      ACT_ACT_S: find(3, A, A, true),
      ACT_PRE: find(4, A, P, false),
      ACT_RD: find(4, A, R, false),
      ACT_WR: find(4, A, W, false),
      REF_ACT: find(1, REF, A, false),
      four_ACT: find(1, A, A, false, 4),
      thirtytwo_ACT: find(1, A, A, false, 32),
    };
    expect(own).toEqual(config.derived_constraints_cycles);
  });
});

describe('latency formulas', () => {
  const timings = { nCL: 16, nBL: 4, nCWL: 12 };

  it('adds, subtracts and takes maxima', () => {
    expect(evaluateFormula('nCL + nBL + 2 - nCWL', timings)).toBe(10);
    expect(evaluateFormula('max(nBL, nCL - nCWL) + 1', timings)).toBe(5);
    expect(evaluateFormula('-nBL + nCL', timings)).toBe(12);
  });

  it.each([
    ['nCL + nRTP', /nRTP, which is not given/],
    ['nCL +', /ends early/],
    ['nCL nBL', /does not end/],
    ['nCL * 2', /character/],
    ['max(nCL', /expects ,/],
  ])('rejects %s', (formula, message) => expect(() => evaluateFormula(formula, timings)).toThrow(message));
});
