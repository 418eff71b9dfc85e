import { InputError } from 'tessera-sim';
import { CommandTable } from '../command-table.js';
import { COMMANDS, Command } from '../commands.js';
import { LEVELS, type ConstraintForm, type StandardForm, type Timings } from '../standards/form.js';
import { evaluateFormula } from './formula.js';

/** A constraint with its numbers: `following` waits `latencyTicks` after the `window`-th last `preceding`. */
export interface Constraint {
  /** Index into LEVELS. */
  readonly level: number;
  readonly preceding: number;
  readonly following: number;
  readonly latencyTicks: number;
  readonly window: number;
  readonly sibling: boolean;
  /** Windows of one name and one following command count their commands together. */
  readonly countedAs?: string;
}

/** The commands of a standard. Throws InputError for a declaration that is none. */
export function commandTableOf(standard: StandardForm): CommandTable {
  return new CommandTable(standard.commands, standard.refreshScope);
}

/** Ticks that each command occupies its bus; 1 where the standard says nothing else. */
export function commandTicks(standard: StandardForm, commands: CommandTable = commandTableOf(standard)): ReadonlyMap<number, number> {
  const ticksPerClock = standard.commandBus === 'half-cycle' ? 2 : 1;
  const ticks = new Map<number, number>();
  for (const name of commandsOf(standard)) {
    const code = commands.find(name);
    if (code !== undefined) ticks.set(code, (standard.commandCycles?.[name] ?? 1) * ticksPerClock);
  }
  return ticks;
}

/**
 * The constraints of a standard in ticks: formulas evaluated, multi-tick commands accounted for (a command counts from
 * the tick in which it has been received whole), and the command bus itself.
 */
export function resolveConstraints(standard: StandardForm, timings: Timings, commands: CommandTable = commandTableOf(standard)): readonly Constraint[] {
  const ticksPerClock = standard.commandBus === 'half-cycle' ? 2 : 1;
  const ticks = commandTicks(standard, commands);
  const occupied = (code: number) => ticks.get(code) ?? ticksPerClock;
  const resolved = busConstraints(standard, ticks, commands);
  for (const form of standard.constraints) {
    const latency = evaluateFormula(form.latency, timings) * ticksPerClock;
    for (const [preceding, following] of pairs(form, commands)) {
      checkWindow(form, preceding, commands);
      checkTogether(form, commands, occupied);
      resolved.push(constraint(form, preceding, following, latency + occupied(preceding) - occupied(following)));
    }
  }
  return resolved;
}

/** Constraints given as plain forms, one tick a clock, every command one tick: the tables of the DRAMsim3 profile. */
export function resolvePlain(forms: readonly ConstraintForm[], timings: Timings, commands: CommandTable): readonly Constraint[] {
  return forms.flatMap((form) => {
    const latency = evaluateFormula(form.latency, timings);
    return pairs(form, commands).map(([preceding, following]) => constraint(form, preceding, following, latency));
  });
}

function constraint(form: ConstraintForm, preceding: number, following: number, latencyTicks: number): Constraint {
  return {
    level: LEVELS.indexOf(form.level),
    preceding,
    following,
    latencyTicks,
    window: form.window ?? 1,
    sibling: form.sibling === true,
    ...(form.together === true ? { countedAs: `${form.level} ${form.preceding} ${form.latency}` } : {}),
  };
}

/** A command of several ticks keeps every command off its bus for so long. */
function busConstraints(standard: StandardForm, ticks: ReadonlyMap<number, number>, commands: CommandTable): Constraint[] {
  const rows: Constraint[] = [];
  const codes = [...ticks.keys()].filter((code) => commands.forms[code]!.bus !== 'none');
  const split = standard.commandBus !== 'single';
  for (const preceding of codes) {
    const occupied = ticks.get(preceding) as number;
    if (occupied === 1) continue;
    for (const following of codes) {
      if (split && commands.isOnColumnBus(preceding) !== commands.isOnColumnBus(following)) continue;
      rows.push({ level: 0, preceding, following, latencyTicks: occupied, window: 1, sibling: false });
    }
  }
  return rows;
}

function commandsOf(standard: StandardForm): string[] {
  const names = new Set<string>();
  for (const form of standard.constraints) {
    for (const name of `${form.preceding} ${form.following}`.split(' ')) names.add(name);
  }
  for (const { name } of standard.commands ?? []) names.add(name);
  return [...names];
}

function pairs(form: ConstraintForm, commands: CommandTable): [number, number][] {
  const list: [number, number][] = [];
  for (const preceding of form.preceding.split(' ')) {
    for (const following of form.following.split(' ')) list.push([commands.codeOf(preceding, 'timing'), commands.codeOf(following, 'timing')]);
  }
  return list;
}

/** A window keeps the ticks in which commands come, so that those it counts together must take equally long to come. */
function checkTogether(form: ConstraintForm, commands: CommandTable, occupied: (code: number) => number): void {
  const lengths = new Set(form.preceding.split(' ').map((name) => occupied(commands.codeOf(name, 'timing'))));
  if (form.together !== true || lengths.size === 1) return;
  throw new InputError([{ path: 'timing', message: `a window counts ${form.preceding} together`, expected: 'commands that take the same number of cycles' }]);
}

/** Windows are kept of the commands that open or refresh one bank, and of those that a standard declares. */
function checkWindow(form: ConstraintForm, preceding: number, commands: CommandTable): void {
  if ((form.window ?? 1) === 1 || preceding === Command.activate || preceding === Command.refreshBank || preceding >= COMMANDS) return;
  const message = `a rule counts a window of ${form.window} ${commands.names[preceding]}`;
  throw new InputError([{ path: 'timing', message, expected: 'windows of ACT, REFpb or commands that the standard declares' }]);
}
