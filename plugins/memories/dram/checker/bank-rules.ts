import type { CommandTable } from '../command-table.js';
import type { BankTimings } from './rules/datasheet.js';
import type { BusTimes } from './bus-times.js';
import type { TimingRules, TooEarly } from './timing-rules.js';

interface Wait {
  readonly cause: number;
  readonly neededTicks: number;
  readonly term: string;
}

/** What one bank must have finished before something else may happen to it. */
type Needs = readonly (readonly [cause: string, cycles: number | undefined, term: string])[];

/**
 * One bank by itself. Its rules are not pairs of commands but states: a bank is idle when every activate, precharge (explicit or inside of a
 * column command) and refresh of it has ended, whichever command asks for it idle. So no pair can be forgotten.
 */
export class BankRules implements TimingRules {
  private readonly waits: readonly (readonly Wait[])[];
  /** Tick of the last command of each kind to each bank. */
  private readonly last: Float64Array;
  private readonly count: number;

  constructor(
    timings: BankTimings,
    bus: BusTimes,
    private readonly commands: CommandTable,
    banks: number,
  ) {
    this.count = commands.count;
    this.last = new Float64Array(banks * this.count).fill(-Infinity);
    const needs = needsOf(timings);
    this.waits = commands.names.map((name, code) =>
      (needs[name] ?? []).flatMap(([from, cycles, term]) => {
        if (cycles === undefined) return [];
        const cause = commands.find(from)!;
        return [{ cause, neededTicks: bus.ticksBetween(cause, code, cycles), term }];
      }),
    );
  }

  /** The worst of all is told: a command to many banks would else tell the same for each. */
  check(code: number, banks: Int32Array, tick: number, found: (violation: TooEarly) => void): void {
    let worst: Wait | undefined;
    let worstSince = 0;
    for (const wait of this.waits[code]!) {
      for (const bank of banks) {
        const since = tick - this.last[bank * this.count + wait.cause]!;
        if (since >= wait.neededTicks) continue;
        if (worst !== undefined && wait.neededTicks - since <= worst.neededTicks - worstSince) continue;
        worst = wait;
        worstSince = since;
      }
    }
    if (worst === undefined) return;
    const { cause, neededTicks, term } = worst;
    found({ level: this.commands.forms[cause]!.scope, cause, neededTicks, sinceTicks: worstSince, window: 1, term });
  }

  remember(code: number, banks: Int32Array, tick: number): void {
    for (const bank of banks) this.last[bank * this.count + code] = tick;
  }
}

function needsOf(t: BankTimings): Readonly<Record<string, Needs>> {
  const isRefreshed: Needs = [
    ['REFab', t.refreshAll, 'tRFC'],
    ['REFpb', t.refreshBank, 'tRFCpb'],
  ];
  const isIdle: Needs = [
    ...isRefreshed,
    ['ACT', t.activateToActivate, 'tRC'],
    ['PREpb', t.precharge, 'tRP'],
    ['PREab', t.prechargeAll, 'tRP of all banks'],
    ['RDA', t.readToPrecharge + t.precharge, 'tRTP and tRP'],
    ['WRA', t.writeToPrecharge + t.precharge, 'WL, burst, tWR and tRP'],
  ];
  const mayClose: Needs = [
    ...isRefreshed,
    ['ACT', t.activateToPrecharge, 'tRAS'],
    ['RD', t.readToPrecharge, 'tRTP'],
    ['RDA', t.readToPrecharge, 'tRTP'],
    ['WR', t.writeToPrecharge, 'WL, burst and tWR'],
    ['WRA', t.writeToPrecharge, 'WL, burst and tWR'],
  ];
  const mayRead: Needs = [['ACT', t.activateToRead, 'tRCD']];
  const mayWrite: Needs = [['ACT', t.activateToWrite, 'tRCD']];
  return { ACT: isIdle, REFab: isIdle, REFpb: isIdle, PREpb: mayClose, PREab: mayClose, RD: mayRead, RDA: mayRead, WR: mayWrite, WRA: mayWrite };
}
