import type { StateExchange } from 'tessera-sim';
import { Command } from '../../commands.js';

/** Refreshes, policy precharges and injected commands that wait their turn, first come first served. */
export class MaintenanceQueue {
  /** Final command of each entry, its first bank and the end of its banks. */
  private readonly commands: Int32Array;
  private readonly firstBanks: Int32Array;
  private readonly endBanks: Int32Array;
  /** Row of an injected command, NOT_INJECTED for the others. */
  private readonly rows: Float64Array;
  private at = 0;
  count = 0;
  /** Injected commands that wait. */
  injected = 0;
  /** The command that is going out is an injected one, or prepares one. */
  issuesInjected = false;

  constructor(private readonly capacity: number) {
    this.commands = new Int32Array(capacity);
    this.firstBanks = new Int32Array(capacity);
    this.endBanks = new Int32Array(capacity);
    this.rows = new Float64Array(capacity);
  }

  push(command: number, firstBank: number, endBank: number): void {
    this.put((this.at + this.count) % this.capacity, command, firstBank, endBank, NOT_INJECTED);
  }

  /** @param goesFirst before all that waits */
  inject(command: number, firstBank: number, endBank: number, row: number, goesFirst: boolean): void {
    if (goesFirst) this.at = (this.at + this.capacity - 1) % this.capacity;
    this.put(goesFirst ? this.at : (this.at + this.count) % this.capacity, command, firstBank, endBank, row);
    this.injected++;
  }

  get command(): number {
    return this.commands[this.at]!;
  }

  get firstBank(): number {
    return this.firstBanks[this.at]!;
  }

  get endBank(): number {
    return this.endBanks[this.at]!;
  }

  /** Row of the first entry, where it is an injected command that has one. */
  get row(): number {
    return this.rows[this.at]!;
  }

  /** The first entry is an injected command. */
  get isInjected(): boolean {
    return this.injected > 0 && this.rows[this.at] !== NOT_INJECTED;
  }

  shift(): void {
    if (this.isInjected) this.injected--;
    this.at = (this.at + 1) % this.capacity;
    this.count--;
  }

  /** The command that the first entry needs next, given whether a bank of its scope is open. */
  required(anyOpen: boolean): number {
    const final = this.command;
    if (!anyOpen || final === Command.precharge) return final;
    return final === Command.refreshAll ? Command.prechargeAll : Command.precharge;
  }

  private put(place: number, command: number, firstBank: number, endBank: number, row: number): void {
    if (this.count === this.capacity) throw new RangeError('more refreshes are waiting than the queue holds');
    this.count++;
    this.commands[place] = command;
    this.firstBanks[place] = firstBank;
    this.endBanks[place] = endBank;
    this.rows[place] = row;
  }

  /** Those that wait only: the queue is far longer than it ever gets. */
  state(s: StateExchange): void {
    const count = s.number(this.count);
    if (s.loading) this.at = 0;
    this.count = count;
    for (let i = 0; i < count; i++) {
      const place = (this.at + i) % this.capacity;
      this.commands[place] = s.number(this.commands[place]!);
      this.firstBanks[place] = s.number(this.firstBanks[place]!);
      this.endBanks[place] = s.number(this.endBanks[place]!);
      this.rows[place] = s.number(this.rows[place]!);
    }
    this.injected = s.number(this.injected);
    this.issuesInjected = s.flag(this.issuesInjected);
  }
}

const NOT_INJECTED = -2;
