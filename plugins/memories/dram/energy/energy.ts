import type { ResolvedDram } from '../build.js';
import { Command } from '../commands.js';
import type { DramChannel } from '../controller/channel.js';
import type { Currents, Timings } from '../standards/form.js';

/**
 * Charge-like units: V * mA * clock cycles, for all dies of a rank. Times the clock period in ns they are pJ.
 * Formulas: Micron TN-41-01 as DRAMsim3 applies them.
 */
export interface EnergyIncrements {
  readonly activate: number;
  readonly read: number;
  readonly write: number;
  readonly refresh: number;
  readonly refreshBank: number;
  /** Per clock cycle and rank with a row open, and with none. */
  readonly activeStandby: number;
  readonly prechargeStandby: number;
}

export const ENERGY_PARTS = ['activate', 'read', 'write', 'refresh', 'activeStandby', 'prechargeStandby'] as const;
export type EnergyPart = (typeof ENERGY_PARTS)[number];
export type EnergyBreakdown = Readonly<Record<EnergyPart | 'total', number>>;

/** @param dies dies of one rank; @param burstCycles clock cycles of one access on the data bus */
export function energyIncrements(currents: Currents, timings: Timings, burstCycles: number, dies: number): EnergyIncrements {
  const cycles = (...names: string[]) => names.map((name) => timings[name]).find((value) => value !== undefined) ?? 0;
  const { VDD, IDD0, IDD2N, IDD3N, IDD4R, IDD4W, IDD5AB, IDD5PB } = currents;
  const ras = cycles('tRAS', 'nRAS');
  const rp = cycles('tRP', 'nRP');
  const scale = VDD * dies;
  return {
    activate: scale * (IDD0 * (ras + rp) - (IDD3N * ras + IDD2N * rp)),
    read: scale * (IDD4R - IDD3N) * burstCycles,
    write: scale * (IDD4W - IDD3N) * burstCycles,
    refresh: scale * (IDD5AB - IDD3N) * cycles('tRFC', 'nRFC', 'nRFCab'),
    refreshBank: scale * (IDD5PB - IDD3N) * cycles('tRFCb', 'nRFCpb'),
    activeStandby: scale * IDD3N,
    prechargeStandby: scale * IDD2N,
  };
}

/** The increments of a DRAM whose dies' currents are known. */
export function incrementsOf(resolved: ResolvedDram): EnergyIncrements | undefined {
  const { currents, timings, organisation } = resolved.specification;
  if (currents === undefined) return undefined;
  const dies = organisation.channelWidthBits / organisation.dqBits;
  return energyIncrements(currents, timings, resolved.burstTicks / resolved.ticksPerClock, dies);
}

/** Energy of finished channels over `cycles` clock cycles, in the units of the increments. */
export function energyOf(channels: readonly DramChannel[], increments: EnergyIncrements, cycles: number, ticksPerClock: number): EnergyBreakdown {
  const count = (...commands: number[]) =>
    channels.reduce((sum, { counters }) => sum + commands.reduce((n, command) => n + counters.commandCount(command), 0), 0);
  let active = 0;
  let idle = 0;
  for (const { activity } of channels) {
    for (const ticks of activity.activeTicks) {
      active += ticks / ticksPerClock;
      idle += cycles - ticks / ticksPerClock;
    }
  }
  const parts = {
    activate: count(Command.activate) * increments.activate,
    read: count(Command.read, Command.readAuto) * increments.read,
    write: count(Command.write, Command.writeAuto) * increments.write,
    refresh: count(Command.refreshAll) * increments.refresh + count(Command.refreshBank) * increments.refreshBank,
    activeStandby: active * increments.activeStandby,
    prechargeStandby: idle * increments.prechargeStandby,
  };
  return { ...parts, total: Object.values(parts).reduce((sum, part) => sum + part, 0) };
}
