import { standardOf, type ResolvedDram } from '../build.js';
import { COMMANDS } from '../commands.js';
import { BankRules } from './bank-rules.js';
import { BusTimes } from './bus-times.js';
import { CommandChecker, type CheckerOptions } from './checker.js';
import { ColumnRules } from './column-rules.js';
import { DeclaredRules } from './declared-rules.js';
import { RowRules } from './row-rules.js';
import { turningFreely, type Datasheet } from './rules/datasheet.js';
import { dramsim3Datasheet } from './rules/dramsim3.js';
import { datasheetOf } from './rules/families.js';
import type { TimingRules } from './timing-rules.js';

/**
 * A checker for the commands of one channel of a resolved DRAM. Commands of a built-in standard are held against its data sheet (`rules/`),
 * which shares nothing with the scheduler's table but the values of the timing parameters. Commands that a third party's standard declares, and
 * standards that change rows of a built-in one, are held against their own rows: there is no other source for them.
 */
export function checkerFor(resolved: ResolvedDram): CommandChecker {
  const { topology, dualCommands, commands } = resolved;
  const sheet = sheetOf(resolved);
  const base = { topology, dualCommands, commands, rules: rulesOf(resolved, sheet), ...(sheet === undefined ? {} : { bus: new BusTimes(sheet, commands) }) };
  return new CommandChecker({ ...base, ...busOf(resolved) });
}

function busOf({ specification, extensions }: ResolvedDram): Pick<CheckerOptions, 'halfCycles' | 'split'> {
  if (specification.like === 'dramsim3') return {};
  const standard = standardOf(specification.standard, extensions);
  if (standard.splitActivation !== true) return { halfCycles: standard.commandBus === 'half-cycle' };
  const { nAAD = 0, nCL = 0, nCWL = 0, nBL_min = 0, nWCKPST = 0 } = specification.timings;
  const hold = nBL_min + nWCKPST;
  return { split: { activateDeadlineTicks: nAAD, readSyncTicks: nCL + hold, writeSyncTicks: nCWL + hold } };
}

function sheetOf({ specification, extensions, burstTicks, ticksPerClock }: ResolvedDram): Datasheet | undefined {
  const { standard, timings, organisation, like, ideal } = specification;
  const sheet =
    like === 'dramsim3' ? dramsim3Sheet(standard, timings, organisation.bankGroups, burstTicks) : datasheetOf(familyOf(standard, extensions), timings);
  if (sheet === undefined || ideal?.includes('busTurnaround') !== true) return sheet;
  return turningFreely(sheet, burstTicks / ticksPerClock);
}

function familyOf(standard: string, extensions: ResolvedDram['extensions']): string {
  return standardOf(standard, extensions).family ?? standard;
}

function dramsim3Sheet(standard: string, timings: Readonly<Record<string, number>>, bankGroups: number, burst: number): Datasheet {
  const al = timings['AL'] ?? 0;
  const complete = { ...timings, BURST: burst, RL: al + (timings['CL'] ?? 0), WL: al + (timings['CWL'] ?? 0) };
  return dramsim3Datasheet(standard, complete, bankGroups);
}

function rulesOf({ topology, commands, constraints }: ResolvedDram, sheet: Datasheet | undefined): readonly TimingRules[] {
  if (sheet === undefined) return [new DeclaredRules(topology, constraints, commands.count)];
  const bus = new BusTimes(sheet, commands);
  const rules: TimingRules[] = [
    new BankRules(sheet.bank, bus, commands, topology.banks),
    new RowRules(sheet.rows, bus, topology),
    new ColumnRules(sheet.columns, bus, topology),
  ];
  const own = constraints.filter(({ preceding, following }) => preceding >= COMMANDS || following >= COMMANDS);
  if (own.length > 0) rules.push(new DeclaredRules(topology, own, commands.count));
  return rules;
}
