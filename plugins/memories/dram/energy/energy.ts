import type { ResolvedDram } from '../build.js';
import type { CommandEffect } from '../command-form.js';
import type { DramChannel } from '../controller/channel.js';
import { banksOfScope } from '../device/scopes.js';
import { clockPicoseconds } from '../facts.js';
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
export type EnergyBreakdown = Readonly<Record<EnergyPart | 'total', number>> & {
  /** Commands that state an energy of their own; only where the standard has such. */
  readonly own?: number;
};

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

/**
 * Energy of finished channels over `cycles` clock cycles, in the units of the increments. A command counts by its form: that of an activate,
 * read, write or bank refresh for every bank that it reaches, that of a refresh for a rank or channel, or what the form itself states.
 */
export function energyOf(channels: readonly DramChannel[], resolved: ResolvedDram, increments: EnergyIncrements, cycles: number): EnergyBreakdown {
  const { commands, topology, ticksPerClock } = resolved;
  const count = (code: number) => channels.reduce((sum, { counters }) => sum + counters.commandCount(code), 0);
  const reached = (code: number) => banksOfScope(topology, commands.forms[code]!.scope, 0).length;
  const sharing = (effect: CommandEffect) => commands.with(effect).filter((code) => commands.forms[code]!.energyPj === undefined);
  const ofBanks = (codes: readonly number[]) => codes.reduce((sum, code) => sum + count(code) * reached(code), 0);
  const isWide = (code: number) => ['rank', 'pseudoChannel', 'channel'].includes(commands.forms[code]!.scope);
  const refreshes = sharing('refresh');
  const wideRefreshes = refreshes.filter(isWide).reduce((sum, code) => sum + count(code), 0);
  const [active, idle] = standbyCycles(channels, cycles, ticksPerClock);
  const parts = {
    activate: ofBanks(sharing('open')) * increments.activate,
    read: ofBanks(sharing('read')) * increments.read,
    write: ofBanks(sharing('write')) * increments.write,
    refresh: wideRefreshes * increments.refresh + ofBanks(refreshes.filter((code) => !isWide(code))) * increments.refreshBank,
    activeStandby: active * increments.activeStandby,
    prechargeStandby: idle * increments.prechargeStandby,
    ...ownPart(resolved, count),
  };
  return { ...parts, total: Object.values(parts).reduce((sum, part) => sum + part, 0) };
}

/** Clock cycles with a row open and with none, summed over ranks. */
function standbyCycles(channels: readonly DramChannel[], cycles: number, ticksPerClock: number): [active: number, idle: number] {
  let active = 0;
  let idle = 0;
  for (const { activity } of channels) {
    for (const ticks of activity.activeTicks) {
      active += ticks / ticksPerClock;
      idle += cycles - ticks / ticksPerClock;
    }
  }
  return [active, idle];
}

/** Commands whose forms state their energy in pJ, in the units of the increments. */
function ownPart(resolved: ResolvedDram, count: (code: number) => number): { own?: number } {
  const { commands } = resolved;
  const stated = commands.own.filter((code) => commands.forms[code]!.energyPj !== undefined);
  if (stated.length === 0) return {};
  const picojoules = stated.reduce((sum, code) => sum + count(code) * commands.forms[code]!.energyPj!, 0);
  return { own: picojoules / (clockPicoseconds(resolved) / 1000) };
}
