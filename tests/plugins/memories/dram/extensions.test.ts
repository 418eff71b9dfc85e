import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  DramSystem,
  NO_EXTENSIONS,
  STANDARDS,
  closedRowPolicy,
  firstReady,
  openRowPolicy,
  specificationOf,
  type DramExtensions,
  type StandardForm,
} from '../../../../plugins/memories/dram/api.js';
import { deviceConfig } from './support.js';
import { caseCount } from '../../../many.js';

interface Access {
  readonly gap: number;
  readonly line: number;
  readonly isWrite: boolean;
}

/** All that can be seen of a run: commands, completions and counters. */
function watched(config: Readonly<Record<string, unknown>>, accesses: readonly Access[], extensions: DramExtensions = NO_EXTENSIONS) {
  const events: string[] = [];
  const system = new DramSystem(
    specificationOf(deviceConfig(config), extensions),
    { completed: (tag, cycle, isWrite) => events.push(`done ${tag} ${cycle} ${isWrite}`) },
    extensions,
  );
  for (const channel of system.channels) {
    channel.observer = { command: (command, bank, row, tick) => events.push(`command ${command} ${bank} ${row} ${tick}`) };
  }
  let cycle = 0;
  accesses.forEach(({ gap, line, isWrite }, i) => {
    cycle += gap;
    system.advance(cycle);
    while (!system.accept(line, isWrite, i, cycle)) system.advance(++cycle);
  });
  system.advance(cycle + 20_000);
  return { events, counters: system.channels.map(({ counters }) => ({ ...counters, latencyHistogram: counters.latencyHistogram.join() })) };
}

const accesses = fc.array(
  fc.record({
    gap: fc.constantFrom(0, 1, 7, 20, 45, 60, 90, 200, 600, 5000),
    line: fc.oneof(
      fc.integer({ min: 0, max: 1 << 16 }),
      fc.integer({ min: 0, max: 4 }).map((row) => row << 11),
    ),
    isWrite: fc.boolean(),
  }),
  { minLength: 1, maxLength: 80 },
);
const script: readonly Access[] = Array.from({ length: 60 }, (_, i) => ({ gap: (i * 37) % 90, line: (i * i * 13) % 5000, isWrite: i % 5 === 0 }));

describe('extensions of the DRAM', () => {
  it('a row policy that does as the open one gives every command of the open one, which has shortcuts for lone requests', { timeout: 60_000 }, () => {
    const extensions = { ...NO_EXTENSIONS, rowPolicies: new Map([['as-open', () => ({ ...openRowPolicy, name: 'as-open' })]]) };
    const parts = fc.constantFrom('DDR3-1600K-4Gb-x8', 'DDR4-2400R-8Gb-x8', 'DDR5-4800B-16Gb-x8', 'GDDR6-14000-8Gb-x16', 'LPDDR4-3200-8Gb-x16');
    fc.assert(
      fc.property(accesses, parts, fc.constantFrom('all-bank', 'staggered', 'none'), fc.constantFrom(1, 2), (script, part, refresh, ranks) => {
        const run = (name: string) => watched({ like: 'ramulator2', part, organisation: { ranks }, refresh, rowPolicy: { name } }, script, extensions);
        expect(run('as-open')).toEqual(run('open'));
      }),
      { numRuns: caseCount(300), seed: 8 },
    );
  });

  it('takes a row policy, a scheduler and a mapping by their names', () => {
    const extensions = {
      ...NO_EXTENSIONS,
      rowPolicies: new Map([['own-rows', () => ({ ...closedRowPolicy, name: 'own-rows' })]]),
      schedulers: new Map([['own-order', { ...firstReady, name: 'own-order', inOrder: true }]]),
      mappings: new Map([
        [
          'own-places',
          {
            summary: 'row by row in one bank',
            slices: (bits) => (['channel', 'column', 'row', 'rank', 'stack', 'group', 'bank'] as const).map((field) => ({ field, bits: bits[field] })),
          },
        ],
      ]),
    } satisfies DramExtensions;
    const own = watched({ rowPolicy: { name: 'own-rows' }, scheduler: 'own-order', mapping: 'own-places' }, script, extensions);
    expect(own).toEqual(watched({ rowPolicy: { name: 'closed' }, scheduler: 'fcfs', mapping: 'own-places' }, script, extensions));
    expect(own).not.toEqual(watched({ rowPolicy: { name: 'closed' }, scheduler: 'fcfs' }, script));
    expect(() => watched({ mapping: 'own-places' }, script)).toThrow(/own-places/);
  });

  it('takes a standard: one with a slower column to column rule is slower', () => {
    const ddr4 = STANDARDS.get('DDR4')!;
    const slow: StandardForm = {
      ...ddr4,
      name: 'SLOW',
      constraints: [...ddr4.constraints, { level: 'rank', preceding: 'RD', following: 'RD', latency: '50' }],
    };
    const extensions = { ...NO_EXTENSIONS, standards: new Map([['SLOW', slow]]) };
    const reads = [0, 1, 2, 3].map((line) => ({ gap: 0, line, isWrite: false }));
    const lastRead = (config: Readonly<Record<string, unknown>>) =>
      watched({ like: 'ramulator2', refresh: 'none', ...config }, reads, extensions).counters[0]!.lastReadReturnCycle;
    expect(lastRead({ standard: 'SLOW' }) - lastRead({})).toBe(3 * (50 - 6));
  });
});
