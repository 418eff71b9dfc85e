import type { AddressBook } from '../kernel/state.js';
import { buildMachine, type Machine } from '../machine/machine.js';
import { loadMachine, saveMachine, unsavedBlocks } from '../machine/machine-state.js';
import type { MachineSpec } from '../machine/specification.js';
import type { BlockPlugin } from '../plugin/block-plugin.js';
import { machineAround, MAX_EVENTS, runBench } from './bench-machine.js';
import { ruleOfBlock } from './contract-rule.js';

export const STATE_RULE = ruleOfBlock('goes on from a saved state, in another machine and at another time, as if nothing had happened', (plugin) =>
  stateProblem(plugin, [0, 0.03, 0.2, 0.5, 0.8, 0.97]),
);

/** Far later, and on an edge of every clock: all have whole frequencies in hertz. */
const LATER_TICKS = 1e12;
const NO_ADDRESSES: AddressBook = { locate: () => undefined, startOf: () => 0 };

/**
 * @param shares of the run's events after which the machine is saved
 * @param maxEvents at which the run ends, if it does not before
 */
export function stateProblem(plugin: BlockPlugin, shares: readonly number[], maxEvents = MAX_EVENTS): string | undefined {
  const spec = machineAround(plugin, 3);
  const whole = runBench(spec, false, maxEvents);
  const refusal = unsavedBlocks(whole.machine)[0];
  if (refusal !== undefined) return plugin.stateLimits?.unsaved === undefined ? `${refusal.reason}, nor says why not (stateLimits.unsaved)` : undefined;
  for (const share of shares) {
    const events = Math.floor(share * whole.machine.kernel.eventCount);
    const problem = resumeProblem(spec, whole.machine, events, 0, maxEvents) ?? resumeProblem(spec, whole.machine, events, LATER_TICKS, maxEvents);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

/**
 * Saves a machine after some events, loads it into another one so many ticks later, and compares its end with that of the whole run.
 * Reports are compared at the same time only: shares of the time that has passed are among them.
 */
export function resumeProblem(spec: MachineSpec, whole: Machine, events: number, laterTicks: number, maxEvents = MAX_EVENTS): string | undefined {
  const machine = buildMachine(spec);
  machine.run({ maxEvents: events });
  const { now } = machine.kernel;
  const other = buildMachine(spec);
  other.start();
  try {
    const saved = saveMachine(machine, { tick: now, firstOperation: 0, addresses: NO_ADDRESSES });
    loadMachine(other, saved, { tick: now + laterTicks, firstOperation: 0, addresses: NO_ADDRESSES });
  } catch (error) {
    return `after ${events} events: ${error instanceof Error ? error.message : String(error)}`;
  }
  other.run({ maxEvents: maxEvents - events });
  other.finish();
  const end = other.kernel.now - laterTicks;
  const where = `saved after ${events} events and loaded ${laterTicks === 0 ? 'elsewhere' : 'at another time'}`;
  if (end !== whole.kernel.now) return `${where} it ends at tick ${end}, not ${whole.kernel.now}`;
  const different = differentBlock(whole, other, laterTicks === 0);
  return different === undefined ? undefined : `${where}, ${different}`;
}

/** The first figure in which two machines differ, with its block. */
export function differentBlock(expected: Machine, found: Machine, withReports = true): string | undefined {
  for (const [index, block] of expected.blocks.entries()) {
    const other = found.blocks[index]!;
    const statistic = Object.keys(block.statistics).find((name) => !Object.is(block.statistics[name], other.statistics[name]));
    if (statistic !== undefined) return `${block.path}.${statistic} is ${other.statistics[statistic]}, not ${block.statistics[statistic]}`;
    const stall = block.stalls.classes.findIndex((_, at) => block.stalls.ticks[at] !== other.stalls.ticks[at]);
    if (stall >= 0) return `${block.path} was ${other.stalls.ticks[stall]} ticks in '${block.stalls.classes[stall]}', not ${block.stalls.ticks[stall]}`;
    if (JSON.stringify(block.energy.breakdownPj(1)) !== JSON.stringify(other.energy.breakdownPj(1))) return `${block.path} has another energy`;
    if (withReports && JSON.stringify(block.model.report?.()) !== JSON.stringify(other.model.report?.())) return `${block.path} has another report`;
  }
  return undefined;
}
