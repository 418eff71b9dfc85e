import type { ClockDomain, StateExchange } from 'tessera-sim';
import { Command } from '../commands.js';
import type { DramDevice } from '../device/device.js';
import type { CommandObserver } from './channel.js';
import { ChannelCounters } from './counters.js';
import { RankActivity } from './rank-activity.js';
import type { RequestTable } from './request-table.js';

/** What has happened on a channel: counts, how long ranks were active, and until when issued commands make others wait. */
export class ChannelLog {
  readonly counters: ChannelCounters;
  readonly activity: RankActivity;
  observer: CommandObserver | undefined;
  /** From this tick on no command issued so far makes another one wait. */
  quietTick = 0;

  private readonly commandsOfBank: Float64Array;
  private readonly commands: number;
  private readonly rankOfBank: Int32Array;
  /** The longest that any command waits after each command. */
  private readonly longestWait: Int32Array;
  private lastColumnTick = -1;
  private lastColumnWasWrite = false;
  private occupancyTick = 0;

  /** @param burstTicks ticks that one access keeps the data bus */
  constructor(
    device: DramDevice,
    private readonly table: RequestTable,
    private readonly burstTicks: number,
  ) {
    this.commands = device.commands.count;
    this.counters = new ChannelCounters(device.topology.banks, this.commands);
    this.activity = new RankActivity(device.openBanksOfRank);
    this.commandsOfBank = this.counters.commandsOfBank;
    this.rankOfBank = device.rankOfBank;
    this.longestWait = Int32Array.from({ length: this.commands }, (_, command) => device.longestWait(command));
  }

  /** A command has been issued and the device has changed its state. */
  command(command: number, bank: number, row: number, tick: number): void {
    if (command !== Command.read && command !== Command.write) this.activity.update(this.rankOfBank[bank]!, tick);
    this.commandsOfBank[bank * this.commands + command]!++;
    if (this.observer !== undefined) this.observer.command(command, bank, row, tick);
    const quiet = tick + this.longestWait[command]!;
    if (quiet > this.quietTick) this.quietTick = quiet;
  }

  /** The column command of an access has been issued: counts the ticks in which the data bus idles to change its direction. */
  countTurnaround(isWrite: boolean, tick: number): void {
    if (isWrite !== this.lastColumnWasWrite && this.lastColumnTick >= 0) {
      this.counters.turnaroundCycles += Math.max(0, tick - this.lastColumnTick - this.burstTicks);
    }
    this.lastColumnWasWrite = isWrite;
    this.lastColumnTick = tick;
  }

  /** To be called before the number of requests in the table changes, at `tick`. */
  countOccupancy(tick: number): void {
    this.counters.occupancyCycles += this.table.used * (tick - this.occupancyTick);
    this.occupancyTick = tick;
  }

  /** Closes open intervals; `ticks` is the length of the run. */
  finish(ticks: number): void {
    this.countOccupancy(ticks);
    this.activity.finish(ticks + 1);
  }

  state(s: StateExchange, clock: ClockDomain): void {
    this.counters.state(s, clock);
    this.activity.state(s, clock);
    this.quietTick = s.cycle(this.quietTick, clock);
    this.lastColumnTick = s.cycle(this.lastColumnTick, clock);
    this.lastColumnWasWrite = s.flag(this.lastColumnWasWrite);
    this.occupancyTick = s.cycle(this.occupancyTick, clock);
  }
}
