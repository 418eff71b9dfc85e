import type { MilestoneDeclaration, Milestones, StateExchange } from 'tessera-sim';

export const BUS_MILESTONES: Readonly<Record<'link' | 'room' | 'port', MilestoneDeclaration>> = {
  link: { cause: 'link', description: 'The messages that were let on the bus before had left it' },
  room: { cause: 'room', description: 'The way out had room for one more message of the class' },
  port: { cause: 'port', description: 'The receiver of the port had room again' },
};
const [WAS_LINK, WAS_ROOM, WAS_PORT] = [0, 1, 2] as const;

/** For how long the first message of each inbox has stood there, and for what; kept while somebody listens. */
export class BusWaits {
  private readonly sinceTick: Float64Array;
  /** The cause that was seen last. */
  private readonly cause: Uint8Array;

  constructor(
    private readonly milestones: Milestones,
    inboxes: number,
  ) {
    this.sinceTick = new Float64Array(inboxes).fill(-1);
    this.cause = new Uint8Array(inboxes);
  }

  /** The first message of an inbox could not be let on the bus. */
  notice(inbox: number, isFull: boolean, tick: number): void {
    if (this.sinceTick[inbox]! < 0) this.sinceTick[inbox] = tick;
    this.cause[inbox] = isFull ? WAS_ROOM : WAS_LINK;
  }

  /** The message is on the bus. */
  end(inbox: number, operation: number, tick: number): void {
    const since = this.sinceTick[inbox]!;
    this.sinceTick[inbox] = -1;
    if (since >= 0 && since < tick) this.milestones.note(this.cause[inbox]!, operation, since, tick);
  }

  /** The message leaves by its port, which it could have done at `exitTick`. */
  atPort(operation: number, exitTick: number, tick: number): void {
    if (exitTick < tick) this.milestones.note(WAS_PORT, operation, exitTick, tick);
  }

  state(s: StateExchange): void {
    s.ticks(this.sinceTick);
    s.numbers(this.cause);
  }
}
