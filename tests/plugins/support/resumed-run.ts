import { differentBlock } from '../../../core/conformance/block-contract.js';
import { loadMachine, saveMachine } from '../../../core/machine/machine-state.js';
import type { Machine } from '../../../core/index.js';
import type { OperationFeeder } from './operation-feeder.js';

/** A machine of which one block is fed operations. */
export interface FedMachine {
  readonly machine: Machine;
  readonly feeder: OperationFeeder;
}

/** On an edge of every clock of whole hertz. */
const LATER_TICKS = 1e12;
const addresses = { locate: () => undefined, startOf: () => 0 };

/**
 * Saves a machine after these shares of its events, goes on in another one, later, and compares.
 *
 * @returns the first difference to the undisturbed run, undefined when there is none
 */
export function resumedDifference(build: () => FedMachine, shares: readonly number[]): string | undefined {
  const whole = finished(build());
  for (const share of shares) {
    const events = Math.floor(share * whole.machine.kernel.eventCount);
    const first = build();
    first.machine.run({ maxEvents: events });
    const tick = first.machine.kernel.now;
    const saved = saveMachine(first.machine, { tick, firstOperation: 0, addresses }, [first.feeder.part]);
    const second = build();
    second.machine.start();
    loadMachine(second.machine, saved, { tick: tick + LATER_TICKS, firstOperation: 0, addresses }, [second.feeder.part]);
    const ends = finished(second).feeder.endTicks.map((end) => end - LATER_TICKS);
    // Of what had ended before, the tick is told relative to the origin too.
    if (JSON.stringify(ends) !== JSON.stringify(whole.feeder.endTicks))
      return `after ${events} events: operations end at ${ends.join()}, not ${whole.feeder.endTicks.join()}`;
    const different = differentBlock(whole.machine, second.machine);
    if (different !== undefined) return `after ${events} events: ${different}`;
  }
  return undefined;
}

function finished(fed: FedMachine): FedMachine {
  fed.machine.run();
  fed.machine.finish();
  return fed;
}
