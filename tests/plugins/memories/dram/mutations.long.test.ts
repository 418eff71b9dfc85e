import { describe, expect, it } from 'vitest';
import { PARTS } from '../../../../plugins/memories/dram/api.js';
import { fateOf, machinesOf, textOf } from './mutations.js';
import { stress } from './stress.js';

/**
 * Rows whose loss is felt, and which no data sheet asks for: Ramulator lets a refresh of a bank wait for the auto-precharge of any other bank.
 * Every other loss either is noticed, or changes no command at all since other rows make it wait as long.
 */
const BEYOND_THE_SHEET: Readonly<Record<string, readonly string[]>> = {
  'GDDR5-8000-8Gb-x32': ['RDA > REFpb (channel)', 'WRA > REFpb (channel)'],
  'GDDR6-14000-8Gb-x16': ['RDA > REFpb (channel)', 'WRA > REFpb (channel)'],
};

describe("every row of the scheduler's tables, taken out in turn", () => {
  it.each([...PARTS.keys()])('%s: the checker notices, or nothing changes', { timeout: 120_000 }, (part) => {
    const machines = machinesOf(part);
    for (const machine of machines) {
      for (const seed of [1, 2, 3]) expect(stress(machine, machine.constraints, 20_000, seed).violations).toEqual([]);
    }
    const rows = machines[0]!.constraints;
    const fates = rows.map((row, i) => ({ row: textOf(row), fate: fateOf(machines, 15_000, (table) => table.filter((_, k) => k !== i)) }));
    const missed = fates.filter(({ fate }) => fate === 'not noticed').map(({ row }) => row);
    expect(missed).toEqual(BEYOND_THE_SHEET[part] ?? []);
    const noticed = fates.filter(({ fate }) => fate === 'noticed').length;
    expect(noticed, `${noticed} of ${rows.length} are noticed`).toBeGreaterThan(rows.length * 0.75);
  });
});
