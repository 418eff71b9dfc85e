import type { ClockDomain, MilestoneDeclaration, Milestones } from 'tessera-sim';
import type { ResolvedDram } from './build.js';
import { Command, isColumn, isReadColumn } from './commands.js';
import type { CommandObserver } from './controller/channel.js';
import type { Topology } from './device/topology.js';

/** What ended a wait; numbered in this order. `room` and `port` keep the numbers that the front end shared with `dram-simple` has. */
export const DRAM_MILESTONES: Readonly<Record<string, MilestoneDeclaration>> = {
  bank: { cause: 'bank', description: 'The first command of a line could go that opens its row: bank free, no other request before it' },
  row: { cause: 'row', description: 'The row of a line was open: precharge and activate done, and its column command could go' },
  refresh: { cause: 'refresh', description: 'A refresh of the bank was over' },
  bus: { cause: 'bus', description: 'The column command of a line that found its row open could go: bus free and turned round, no other request before it' },
  room: { cause: 'room', description: 'The memory had room for one more burst (counted from the sending), or a channel for one more line' },
  port: { cause: 'port', description: 'A response could leave' },
};
const Wait = { bank: 0, row: 1, refresh: 2, bus: 3, room: 4 } as const;
export const WAIT_FOR_ROOM = Wait.room;

const NEVER = -1;

/** Follows the commands of one channel, and knows of the last column command what its line had waited for. */
class ChannelFollower implements CommandObserver {
  /** Tick of the first command for the row that each bank has open, NEVER once an access has used it. */
  private readonly openingTick: Float64Array;
  private readonly prechargeTick: Float64Array;
  private readonly refreshStart: Float64Array;
  private readonly refreshEnd: Float64Array;

  constructor(
    private readonly waits: LineWaits,
    private readonly topology: Topology,
    private readonly wideBanks: number,
    private readonly refreshTicks: number,
    private readonly postsWrites: boolean,
    private readonly next: CommandObserver | undefined,
  ) {
    this.openingTick = new Float64Array(topology.banks).fill(NEVER);
    this.prechargeTick = new Float64Array(topology.banks).fill(NEVER);
    this.refreshStart = new Float64Array(topology.banks).fill(NEVER);
    this.refreshEnd = new Float64Array(topology.banks).fill(NEVER);
  }

  command(code: number, bank: number, row: number, tick: number): void {
    this.next?.command(code, bank, row, tick);
    if (isColumn(code)) this.column(isReadColumn(code) || !this.postsWrites, bank, tick);
    else if (code === Command.precharge) this.prechargeTick[bank] = tick;
    else if (code === Command.activate) this.activate(bank, tick);
    else if (code === Command.refreshAll) this.refresh(bank, bank + this.wideBanks, tick);
    else if (code === Command.refreshBank) this.refresh(bank, bank + 1, tick);
  }

  private column(isHeard: boolean, bank: number, tick: number): void {
    if (isHeard) this.waits.column(tick, this.openingTick[bank]!, this.refreshStart[bank]!, this.refreshEnd[bank]!);
    this.openingTick[bank] = NEVER;
  }

  private activate(bank: number, tick: number): void {
    const before = this.prechargeTick[bank]!;
    this.openingTick[bank] = before > this.refreshEnd[bank]! ? before : tick;
    this.prechargeTick[bank] = NEVER;
  }

  private refresh(first: number, end: number, tick: number): void {
    for (let bank = first; bank < Math.min(end, this.topology.banks); bank++) {
      this.refreshStart[bank] = tick;
      this.refreshEnd[bank] = tick + this.refreshTicks;
    }
  }
}

/** Notes what the lines of bursts waited for, while somebody listens. A column command is followed at once by the end of its line, posted writes apart. */
export class LineWaits {
  private columnTick = NEVER;
  private openingTick = NEVER;
  private refreshStart = NEVER;
  private refreshEnd = NEVER;

  constructor(
    private readonly milestones: Milestones,
    private readonly clock: ClockDomain,
  ) {}

  /** Hears the commands of a channel from now on. */
  follow(channel: { observer: CommandObserver | undefined }, { topology, refreshLevel, refreshTicks, specification }: ResolvedDram): void {
    const wideBanks = refreshLevel === 0 ? topology.banks : topology.banksPerRank;
    const postsWrites = specification.queues.structure !== 'shared';
    channel.observer = new ChannelFollower(this, topology, wideBanks, refreshTicks, postsWrites, channel.observer);
  }

  column(tick: number, openingTick: number, refreshStart: number, refreshEnd: number): void {
    this.columnTick = tick;
    this.openingTick = openingTick;
    this.refreshStart = refreshStart;
    this.refreshEnd = refreshEnd;
  }

  /** The line whose column command was heard last is done. @param sinceTick from which on it could have gone */
  lineDone(operation: number, sinceTick: number): void {
    const { columnTick, openingTick } = this;
    if (columnTick === NEVER) return;
    this.columnTick = NEVER;
    const opens = openingTick > sinceTick;
    const first = opens ? openingTick : columnTick;
    const from = this.note(Wait.refresh, operation, Math.max(sinceTick, this.refreshStart), Math.min(first, this.refreshEnd), sinceTick);
    this.note(opens ? Wait.bank : Wait.bus, operation, from, first, from);
    if (opens) this.note(Wait.row, operation, openingTick, columnTick, from);
  }

  /** A wait, if there was one; the later of its end and `otherwise`. */
  private note(cause: number, operation: number, sinceTick: number, untilTick: number, otherwise: number): number {
    if (sinceTick >= untilTick) return otherwise;
    this.milestones.note(cause, operation, this.clock.tickOf(sinceTick), this.clock.tickOf(untilTick));
    return Math.max(untilTick, otherwise);
  }
}
