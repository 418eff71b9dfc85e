import { Command } from '../../commands.js';

/** Refreshes and policy precharges that wait their turn, first come first served. */
export class MaintenanceQueue {
  /** Final command of each entry, its first bank and the end of its banks. */
  private readonly commands: Int32Array;
  private readonly firstBanks: Int32Array;
  private readonly endBanks: Int32Array;
  private at = 0;
  count = 0;

  constructor(private readonly capacity: number) {
    this.commands = new Int32Array(capacity);
    this.firstBanks = new Int32Array(capacity);
    this.endBanks = new Int32Array(capacity);
  }

  push(command: number, firstBank: number, endBank: number): void {
    if (this.count === this.capacity) throw new RangeError('more refreshes are waiting than the queue holds');
    const place = (this.at + this.count++) % this.capacity;
    this.commands[place] = command;
    this.firstBanks[place] = firstBank;
    this.endBanks[place] = endBank;
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

  shift(): void {
    this.at = (this.at + 1) % this.capacity;
    this.count--;
  }

  /** The command that the first entry needs next, given whether a bank of its scope is open. */
  required(anyOpen: boolean): number {
    const final = this.command;
    if (!anyOpen || final === Command.precharge) return final;
    return final === Command.refreshAll ? Command.prechargeAll : Command.precharge;
  }
}
