import type { ClockDomain, StateExchange } from 'tessera-sim';
import { Command } from '../../commands.js';
import { CLOSED, type DramDevice } from '../../device/device.js';
import type { RefreshPolicy } from '../strategies.js';

/** A refresh of the banks `[first, end)`: of one bank, or of all of a rank. */
interface DueRefresh {
  readonly first: number;
  readonly end: number;
  /** The refresh command itself, after the precharges. */
  readonly command: number;
}

/**
 * Refreshes of the bank-queue controller, one at a time: the banks of the rank are closed as soon as each allows it, lowest first, then
 * the rank is refreshed. No queue of the rank is served meanwhile.
 */
export class RankRefreshes {
  /** The command found by `find`. */
  bank = 0;
  command: number = Command.refreshAll;
  private readonly due: DueRefresh[] = [];

  constructor(
    private readonly device: DramDevice,
    private readonly policy: RefreshPolicy,
    private readonly banksPerQueue: number,
  ) {}

  get nextTick(): number {
    return this.policy.nextTick;
  }

  /** Takes the refreshes that fall due in this tick; returns how many. */
  collect(tick: number): number {
    if (tick !== this.policy.nextTick) return 0;
    const before = this.due.length;
    this.policy.emit((rank, bank) => this.due.push(this.refreshOf(rank, bank)));
    return this.due.length - before;
  }

  /** Finds the next command for the first waiting refresh that may go in this tick; a refresh found is no longer waiting. */
  find(tick: number): boolean {
    const refresh = this.due[0];
    if (refresh === undefined) return false;
    const { first, end, command: final } = refresh;
    let ready = 0;
    for (let bank = first; bank < end; bank++) {
      const isOpen = this.device.openRow[bank] !== CLOSED;
      if (this.device.readyAt(isOpen ? Command.precharge : final, bank) > tick) continue;
      if (isOpen) return this.found(bank, Command.precharge);
      ready++;
    }
    if (ready < end - first) return false;
    this.due.shift();
    return this.found(first, final);
  }

  /** The first tick from `from` on in which `find` would find something, if nothing else happens. */
  earliest(from: number): number {
    const refresh = this.due[0];
    if (refresh === undefined) return Infinity;
    const { first, end, command: final } = refresh;
    let precharge = Infinity;
    let all = from;
    for (let bank = first; bank < end; bank++) {
      const isOpen = this.device.openRow[bank] !== CLOSED;
      const at = Math.max(from, this.device.readyAt(isOpen ? Command.precharge : final, bank));
      if (isOpen) precharge = Math.min(precharge, at);
      else all = Math.max(all, at);
    }
    return precharge < Infinity ? precharge : all;
  }

  /** Whether the waiting refresh keeps a queue from being served. */
  holds(queue: number): boolean {
    const refresh = this.due[0];
    if (refresh === undefined) return false;
    return queue * this.banksPerQueue < refresh.end && (queue + 1) * this.banksPerQueue > refresh.first;
  }

  private found(bank: number, command: number): true {
    this.bank = bank;
    this.command = command;
    return true;
  }

  private refreshOf(rank: number, bank: number): DueRefresh {
    if (bank >= 0) return { first: bank, end: bank + 1, command: Command.refreshBank };
    const { banksPerRank } = this.device.topology;
    return { first: rank * banksPerRank, end: (rank + 1) * banksPerRank, command: Command.refreshAll };
  }

  state(s: StateExchange, clock: ClockDomain): void {
    this.policy.state(s, clock);
    s.list(this.due, (refresh) => ({ first: s.number(refresh?.first ?? 0), end: s.number(refresh?.end ?? 0), command: s.number(refresh?.command ?? 0) }));
  }
}
