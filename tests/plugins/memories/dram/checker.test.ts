import { describe, expect, it } from 'vitest';
import {
  Command,
  checkerFor,
  resolveDram,
  runTrace,
  specificationOf,
  traceOf,
  type CommandChecker,
  type CommandObserver,
} from '../../../../plugins/memories/dram/api.js';
import { deviceConfig } from './support.js';
import { some } from '../../../many.js';

interface Issued {
  readonly code: number;
  readonly bank: number;
  readonly row: number;
  tick: number;
}

function commandsOf(config: Readonly<Record<string, unknown>>): { commands: Issued[]; check: (list: readonly Issued[]) => CommandChecker } {
  const specification = specificationOf(deviceConfig(config));
  const commands: Issued[] = [];
  const recorder: CommandObserver = { command: (code, bank, row, tick) => commands.push({ code, bank, row, tick }) };
  const trace = traceOf('rand', { n: 3000, seed: 7, m: 1 << 20, w: 10 })!;
  runTrace(specification, trace, {}, (system) => (system.channels[0]!.observer = recorder));
  const check = (list: readonly Issued[]) => {
    const checker = checkerFor(resolveDram(specification));
    for (const { code, bank, row, tick } of list) checker.command(code, bank, row, tick);
    return checker;
  };
  return { commands, check };
}

const STREAMS = [
  { like: 'ramulator2' },
  { like: 'dramsim3' },
  { part: 'LPDDR5-6400-8Gb-x16' },
  { part: 'HBM2-2000-4Gb' },
  { part: 'HBM3-6400-4Gb' },
  { part: 'DDR5-4800B-16Gb-x8' },
];

describe('command checker', () => {
  it.each(some(STREAMS, 2))('passes what the controller of %o issues, and finds every planted violation', (config) => {
    const { commands, check } = commandsOf(config);
    expect(check(commands).violations).toEqual([]);
    let planted = 0;
    for (let i = 50; i < 1500; i += 29) {
      const list = commands.slice(0, i + 1).map((one) => ({ ...one }));
      const victim = list[i]!;
      const early = [...list]
        .reverse()
        .find((one) => one.tick < victim.tick && one.bank === victim.bank && one.code !== Command.casRead && one.code !== Command.casWrite);
      if (early === undefined || victim.tick - early.tick < 2 || victim.code === Command.activate2) continue;
      // One tick after the last command to the bank: too early for every pair of commands that has a wait of two or more.
      const wait = victim.tick - early.tick;
      victim.tick = early.tick;
      planted++;
      expect(check(list).violations.length, `${JSON.stringify(victim)} moved ${wait} ticks early`).toBeGreaterThan(0);
    }
    expect(planted).toBeGreaterThan(10);
  });

  const resolved = resolveDram(specificationOf(deviceConfig({ like: 'ramulator2' })));
  const violationsOf = (...list: [number, number, number, number][]) => {
    const checker = checkerFor(resolved);
    for (const [code, bank, row, tick] of list) checker.command(code, bank, row, tick);
    return checker.violations.map((violation) => `${violation.command}@${violation.tick}: ${violation.rule}`);
  };
  const { activate: ACT, read: RD, write: WR, precharge: PRE, refreshAll: REF, prechargeAll: PREA } = Command;

  it.each<[string, [number, number, number, number][], RegExp[]]>([
    [
      'a column command before tRCD',
      [
        [ACT, 0, 5, 0],
        [RD, 0, 5, 15],
      ],
      [/RD@15: bank: after ACT 16 ticks/],
    ],
    [
      'a precharge before tRAS',
      [
        [ACT, 0, 5, 0],
        [PRE, 0, 0, 38],
      ],
      [/PREpb@38: bank: after ACT 39/],
    ],
    [
      'a precharge before tWR',
      [
        [ACT, 0, 5, 0],
        [WR, 0, 5, 40],
        [PRE, 0, 0, 73],
      ],
      [/PREpb@73: bank: after WR 34/],
    ],
    [
      'five activates in tFAW',
      [
        [ACT, 0, 1, 0],
        [ACT, 4, 1, 4],
        [ACT, 8, 1, 8],
        [ACT, 12, 1, 12],
        [ACT, 1, 1, 25],
      ],
      [/ACT@25: rank: after ACT \(the 4th last\) 26/],
    ],
    [
      'column commands of one group closer than tCCD_L',
      [
        [ACT, 0, 1, 0],
        [ACT, 1, 1, 6],
        [RD, 0, 1, 30],
        [RD, 1, 1, 35],
      ],
      [/RD@35: group: after RD 6/],
    ],
    [
      'the wrong row',
      [
        [ACT, 0, 5, 0],
        [RD, 0, 6, 30],
      ],
      [/RD@30: row 5 is open, not row 6/],
    ],
    ['a closed bank', [[RD, 0, 6, 30]], [/RD@30: no row is open/]],
    [
      'two commands in one tick',
      [
        [ACT, 0, 5, 0],
        [ACT, 8, 5, 0],
      ],
      [/ACT@0: the command bus/, /ACT@0: rank/],
    ],
    [
      'a refresh with an open row',
      [
        [ACT, 0, 5, 0],
        [REF, 0, 0, 100],
      ],
      [/REFab@100: row 5 is open/],
    ],
    [
      'a refresh too soon after the precharge',
      [
        [ACT, 0, 5, 0],
        [PREA, 0, 0, 60],
        [REF, 0, 0, 70],
      ],
      [/REFab@70: rank: after PREab 16/],
    ],
    [
      'an activate during a refresh',
      [
        [REF, 0, 0, 10],
        [ACT, 3, 5, 400],
      ],
      [/ACT@400: rank: after REFab 433/],
    ],
    [
      'nothing wrong',
      [
        [ACT, 0, 5, 0],
        [RD, 0, 5, 16],
        [PRE, 0, 0, 39],
        [ACT, 0, 6, 55],
      ],
      [],
    ],
  ])('finds %s', (_, commands, rules) => {
    const found = violationsOf(...commands);
    expect(found.length).toBe(rules.length);
    rules.forEach((rule, i) => expect(found[i]).toMatch(rule));
  });
});
