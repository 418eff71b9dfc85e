import type { ClockDomain, MilestoneDeclaration, Milestones } from 'tessera-sim';

/** What ended a wait; numbered in this order. The first four are told when an access is booked, before their time has come. */
export const DRAM_MILESTONES: Readonly<Record<string, MilestoneDeclaration>> = {
  bank: { cause: 'bank', description: 'The bank could take a command: its last access, or what else used it, was over' },
  row: { cause: 'row', description: 'The row was open: the other one closed, this one activated' },
  refresh: { cause: 'refresh', description: 'A refresh was over' },
  bus: { cause: 'bus', description: 'The data bus was free, and turned round; told in time of the column command' },
  room: { cause: 'room', description: 'The memory had room for one more burst; the wait is counted from the sending' },
  port: { cause: 'port', description: 'A response could leave' },
};
export const DramWait = { bank: 0, row: 1, refresh: 2, bus: 3, room: 4, port: 5 } as const;

/** Why a state holds only for the same addresses. */
export const DRAM_ADDRESSES_MATTER = 'channel, bank and row of a byte follow from its address';

/** Where the channels of a memory note the waits of an access, in cycles. */
export class ChannelWaits {
  constructor(
    private readonly milestones: Milestones,
    private readonly clock: ClockDomain,
  ) {}

  get active(): boolean {
    return this.milestones.active;
  }

  /** A wait from one cycle to another, if there was one; the later of the two. */
  note(cause: number, operation: number, sinceCycle: number, untilCycle: number): number {
    if (untilCycle <= sinceCycle) return sinceCycle;
    this.milestones.note(cause, operation, this.clock.tickOf(sinceCycle), this.clock.tickOf(untilCycle));
    return untilCycle;
  }
}
