import type { AddressBook } from '../kernel/state.js';
import { buildMachine, type Machine } from '../machine/machine.js';
import { loadMachine, saveMachine, unsavedBlocks } from '../machine/machine-state.js';
import type { MachineSpec } from '../machine/specification.js';
import type { BlockPlugin } from '../plugin/block-plugin.js';
import { benchOf, machineAround, MAX_EVENTS, runBench } from './bench-machine.js';
import { ruleOfBlock, type ContractRule } from './contract-rule.js';
import { thrownMessage } from '../text/thrown.js';

/** Largest pause of the benches, in cycles. */
const PAUSE = 3;
/** Far later, and on an edge of every clock: all have whole frequencies in hertz. */
export const LATER_TICKS = 1e12;
const NO_ADDRESSES: AddressBook = { locate: () => undefined, startOf: () => 0 };

export const STATE_RULE = stateRule([0, 0.03, 0.2, 0.5, 0.8, 0.97]);

/** @param shares of the run's events after which it is saved */
export function stateRule(shares: readonly number[]): ContractRule {
  return ruleOfBlock('goes on from a saved state, in another machine and at another time, as if nothing had happened', (plugin) =>
    stateProblem(plugin, shares),
  );
}

/**
 * @param shares of the run's events after which the machine is saved
 * @param maxEvents at which the run ends, if it does not before
 */
export function stateProblem(plugin: BlockPlugin, shares: readonly number[], maxEvents = MAX_EVENTS): string | undefined {
  const spec = machineAround(plugin, PAUSE);
  const whole = (maxEvents === MAX_EVENTS ? benchOf(plugin, PAUSE) : runBench(spec, false, maxEvents)).machine;
  const refusal = unsavedBlocks(whole)[0];
  if (refusal !== undefined) return plugin.stateLimits?.unsaved === undefined ? `${refusal.reason}, nor says why not (stateLimits.unsaved)` : undefined;
  const moments = shares.map((share) => Math.floor(share * whole.kernel.eventCount));
  return resumeProblem(spec, whole, moments, maxEvents);
}

/**
 * Saves a machine after each of these numbers of events while it runs on, and loads every state into two others, at the same time and
 * later, whose ends must be that of the whole run. Saving, then, must not disturb what is saved.
 */
export function resumeProblem(spec: MachineSpec, whole: Machine, moments: readonly number[], maxEvents = MAX_EVENTS): string | undefined {
  const machine = buildMachine(spec);
  for (const events of moments.toSorted((a, b) => a - b)) {
    machine.run({ maxEvents: events - machine.kernel.eventCount });
    for (const laterTicks of [0, LATER_TICKS]) {
      let other: Machine;
      try {
        other = goneOn(spec, machine, laterTicks);
      } catch (error) {
        return `after ${events} events: ${thrownMessage(error)}`;
      }
      other.run({ maxEvents: maxEvents - events });
      other.finish();
      const problem = differentEnd(whole, other, laterTicks);
      if (problem !== undefined) return `saved after ${events} events and loaded ${laterTicks === 0 ? 'elsewhere' : 'at another time'}${problem}`;
    }
  }
  return undefined;
}

/** Another machine with the state of this one, so many ticks later. */
export function goneOn(spec: MachineSpec, machine: Machine, laterTicks: number): Machine {
  const tick = machine.kernel.now;
  const saved = saveMachine(machine, { tick, firstOperation: 0, addresses: NO_ADDRESSES });
  const other = buildMachine(spec);
  other.start();
  loadMachine(other, saved, { tick: tick + laterTicks, firstOperation: 0, addresses: NO_ADDRESSES });
  return other;
}

/** Reports are compared at the same time only: shares of the time that has passed are among them. */
function differentEnd(whole: Machine, other: Machine, laterTicks: number): string | undefined {
  const end = other.kernel.now - laterTicks;
  if (end !== whole.kernel.now) return ` it ends at tick ${end}, not ${whole.kernel.now}`;
  const different = differentBlock(whole, other, laterTicks === 0);
  return different === undefined ? undefined : `, ${different}`;
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
