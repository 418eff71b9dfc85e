import type { ClockDomain, MilestoneDeclaration, Milestones, Transaction } from 'tessera-sim';

/** What ended a wait of a burst; numbered in this order. */
export const SRAM_MILESTONES: Readonly<Record<string, MilestoneDeclaration>> = {
  bank: { cause: 'bank', description: 'The last word was served: so many cycles later as its beats waited for banks' },
  order: { cause: 'order', description: 'The burst before it at its port was served; the wait is counted from the sending at the earliest' },
  room: { cause: 'room', description: 'The port had room for one more response' },
  port: { cause: 'port', description: 'The response could leave' },
};
const BANK = 0;
const ORDER = 1;
const ROOM = 2;
const PORT = 3;

/** Notes the waits of bursts. Ask `active` first. */
export class SramWaits {
  constructor(
    private readonly milestones: Milestones,
    private readonly clock: ClockDomain,
  ) {}

  get active(): boolean {
    return this.milestones.active;
  }

  /** The burst has been served before cycle `end`, `cycles` of them lost to other words in its banks. */
  forBanks({ operation }: Transaction, cycles: number, end: number): void {
    if (cycles > 0) this.milestones.note(BANK, operation, this.clock.tickOf(end - cycles), this.clock.tickOf(end));
  }

  /** The burst begins in this cycle, in which the port got free, room for its response, or neither. */
  forTurn(burst: Transaction, cycle: number, leftCycle: number, roomCycle: number): void {
    const tick = this.clock.tickOf(cycle);
    const cause = roomCycle === cycle ? ROOM : leftCycle === cycle ? ORDER : -1;
    if (cause >= 0 && burst.issuedTick < tick) this.milestones.note(cause, burst.operation, burst.issuedTick, tick);
  }

  /** The response that was ready in `readyCycle` leaves in this cycle. */
  forPort({ operation }: Transaction, readyCycle: number, cycle: number): void {
    if (readyCycle < cycle) this.milestones.note(PORT, operation, this.clock.tickOf(readyCycle), this.clock.tickOf(cycle));
  }
}
