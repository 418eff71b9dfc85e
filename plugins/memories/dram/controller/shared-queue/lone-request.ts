import type { ClockDomain, StateExchange } from 'tessera-sim';
import { Command } from '../../commands.js';
import { CLOSED, type DramDevice } from '../../device/device.js';
import type { ChannelLog } from '../channel-log.js';
import type { ChannelCounters } from '../counters.js';
import type { Completions } from './completions.js';
import type { CommandIssue } from './issue.js';
import type { LateWaits } from './late-waits.js';
import type { ControllerState } from './state.js';

/** The request has gone the ordinary way. */
export const QUEUED = -1;

/** A request that is alone in the channel and in no queue: carried out command by command, without queues or plans. */
export class LoneRequest {
  isWaiting = false;
  private bank = 0;
  private row = 0;
  private column = 0;
  private isWrite = false;
  private tag = 0;
  private arrival = 0;
  /** It has been counted as hit, miss or conflict. */
  private counted = false;

  private readonly counters: ChannelCounters;
  private readonly prechargeToActivate: number;
  private readonly activateToRead: number;
  private readonly activateToWrite: number;

  /** @param keepsRows no row policy closes rows, so that a column command never becomes a precharging one */
  constructor(
    private readonly device: DramDevice,
    private readonly state: ControllerState,
    private readonly log: ChannelLog,
    private readonly completions: Completions,
    private readonly issuer: CommandIssue,
    private readonly waits: LateWaits,
    private readonly keepsRows: boolean,
  ) {
    this.counters = log.counters;
    this.prechargeToActivate = device.ownWait(Command.precharge, Command.activate);
    this.activateToRead = device.ownWait(Command.activate, Command.read);
    this.activateToWrite = device.ownWait(Command.activate, Command.write);
  }

  start(bank: number, row: number, column: number, isWrite: boolean, tag: number, cycle: number): void {
    this.isWaiting = true;
    this.bank = bank;
    this.row = row;
    this.column = column;
    this.isWrite = isWrite;
    this.tag = tag;
    this.arrival = cycle;
    this.counted = false;
  }

  /**
   * Issues all commands of the request. Where the next one would come after `limit`, the request goes to where the ordinary path
   * would have it by then.
   * @returns tick of the last command, or QUEUED
   */
  carryOut(limit: number): number {
    const first = this.arrival + 1;
    if (this.keepsRows && first >= this.log.quietTick) {
      this.waits.forget();
      const end = this.accessUnhindered(first, limit);
      if (end !== QUEUED) return end;
    }
    this.waits.settle();
    return this.accessHindered(first, limit);
  }

  /** Puts the request into its queue, to be looked at from `tick` on. */
  join(tick: number): typeof QUEUED {
    const { state } = this;
    (this.isWrite ? state.writes : state.reads).push(this.toTable());
    state.replan(tick);
    return QUEUED;
  }

  /** The access of a request that nothing issued before makes wait. QUEUED, with nothing done, if it would last beyond `limit`. */
  private accessUnhindered(first: number, limit: number): number {
    const { device, counters, bank, row, isWrite } = this;
    const open = device.openRow[bank]!;
    const activateAt = open === CLOSED || open === row ? first : first + this.prechargeToActivate;
    const columnAt = open === row ? first : activateAt + (isWrite ? this.activateToWrite : this.activateToRead);
    if (columnAt > limit) return QUEUED;
    if (open === row) {
      counters.rowHits++;
    } else {
      if (open === CLOSED) {
        counters.rowMisses++;
      } else {
        counters.rowConflicts++;
        this.issueLate(Command.precharge, first);
      }
      this.issueLate(Command.activate, activateAt);
    }
    this.issueLate(isWrite ? Command.write : Command.read, columnAt);
    return this.finish(columnAt);
  }

  private accessHindered(first: number, limit: number): number {
    const { device, counters, bank, row } = this;
    const open = device.openRow[bank]!;
    let tick = first;
    if (open !== row) {
      if (open !== CLOSED) {
        const at = Math.max(tick, device.readyAt(Command.precharge, bank));
        if (at > limit) return this.join(tick);
        this.issue(Command.precharge, at);
        counters.rowConflicts++;
        this.counted = true;
        tick = at + 1;
      }
      const at = Math.max(tick, device.readyAt(Command.activate, bank));
      if (at > limit) return this.join(tick);
      this.issue(Command.activate, at);
      if (!this.counted) counters.rowMisses++;
      this.counted = true;
      tick = at + 1;
    }
    const command = this.isWrite ? Command.write : Command.read;
    const at = Math.max(tick, device.readyAt(command, bank));
    if (at > limit) return open === row ? this.join(tick) : this.becomeActive(tick);
    this.issue(this.issuer.upgraded(command, bank, at), at);
    if (!this.counted) counters.rowHits++;
    return this.finish(at);
  }

  private finish(tick: number): number {
    this.counters.occupancyCycles += tick - this.arrival;
    this.completions.accessed(this.bank, this.isWrite, this.tag, this.arrival, tick);
    this.isWaiting = false;
    return tick;
  }

  private issueLate(command: number, tick: number): void {
    this.waits.issue(command, this.bank, this.row, tick);
    this.log.command(command, this.bank, this.row, tick);
  }

  private issue(command: number, tick: number): void {
    this.device.issue(command, this.bank, this.row, tick);
    this.log.command(command, this.bank, this.row, tick);
  }

  /** The row has been opened for the request: it goes to the active ones. */
  private becomeActive(tick: number): typeof QUEUED {
    this.state.active.add(this.toTable());
    this.state.replan(tick);
    return QUEUED;
  }

  /** Puts the request into the table, as if it had been there from its arrival on. */
  private toTable(): number {
    const { table } = this.state;
    this.isWaiting = false;
    this.log.countOccupancy(this.arrival);
    const slot = table.take(this.bank, this.row, this.column, this.isWrite, this.arrival, this.tag);
    table.counted[slot] = this.counted ? 1 : 0;
    return slot;
  }

  exchange(s: StateExchange, clock: ClockDomain): void {
    this.isWaiting = s.flag(this.isWaiting);
    this.bank = s.number(this.bank);
    this.row = s.number(this.row);
    this.column = s.number(this.column);
    this.isWrite = s.flag(this.isWrite);
    this.tag = s.number(this.tag);
    this.arrival = s.cycle(this.arrival, clock);
    this.counted = s.flag(this.counted);
  }
}
