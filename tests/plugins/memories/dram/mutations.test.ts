import { describe, expect, it } from 'vitest';
import { PARTS } from '../../../../plugins/memories/dram/api.js';
import { some } from '../../../many.js';
import { fateOf, machinesOf, textOf } from './mutations.js';
import { stress } from './stress.js';

const removed = (part: string, row: string) => fateOf(machinesOf(part), 4000, (table) => table.filter((rule) => textOf(rule) !== row));

describe("the scheduler's tables against the checker's data sheets", () => {
  it.each(some([...PARTS.keys()], 4))('%s: commands as early as the table allows are legal', (part) => {
    for (const machine of machinesOf(part)) expect(stress(machine, machine.constraints, 3000).violations).toEqual([]);
  });

  it.each([
    ['HBM1-1Gbps-4Gb', 'RDA > REFpb (bank)'],
    ['HBM2-2000-4Gb', 'RDA > REFpb (bank)'],
    ['HBM2-2000-4Gb', 'WRA > REFpb (bank)'],
    ['HBM3-6400-4Gb', 'WRA > REFpb (bank)'],
    ['LPDDR5-6400-8Gb-x16', 'RDA > REFpb (bank)'],
    ['LPDDR5-6400-8Gb-x16', 'ACT > REFpb (rank)'],
    ['DDR4-2400R-8Gb-x8', 'RD > WR (other rank)'],
    ['GDDR6-14000-8Gb-x16', 'REFpb > ACT (channel, 4th last)'],
  ])('%s without %s is found out', (part, row) => expect(removed(part, row)).toBe('noticed'));
});
