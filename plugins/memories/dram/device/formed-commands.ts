import type { CommandTable } from '../command-table.js';
import { COMMANDS, Command } from '../commands.js';
import { CLOSED, type DramDevice } from './device.js';
import { ScopedBanks } from './scopes.js';

/** Commands by their form: what they reach, wait for and do to the device. For those that come from elsewhere than a request or a refresh. */
export class FormedCommands {
  /** By code: the banks that it reaches must be closed, must have a row open, get one, lose theirs, are read or written, are refreshed. */
  readonly needsClosed: Uint8Array;
  readonly needsOpen: Uint8Array;
  readonly opens: Uint8Array;
  readonly closes: Uint8Array;
  readonly accesses: Uint8Array;
  readonly refreshes: Uint8Array;
  /** By code: it takes no slot of a command bus; it goes where column commands go. */
  readonly isFree: Uint8Array;
  readonly isOnColumnBus: Uint8Array;
  /** Banks of the channel. */
  readonly banks: number;
  private readonly scopes: ScopedBanks;

  /** @param wideLevel tree level of an all-bank refresh: 0 channel, 1 rank */
  constructor(
    private readonly device: DramDevice,
    private readonly wideLevel: number,
  ) {
    const { commands, topology } = device;
    const flag = (is: (code: number) => boolean) => Uint8Array.from(commands.forms, (_, code) => (is(code) ? 1 : 0));
    this.needsClosed = flag((code) => commands.needOf(code) === 'closed');
    this.needsOpen = flag((code) => commands.needOf(code) === 'open');
    this.opens = flag((code) => commands.has(code, 'open'));
    this.closes = flag((code) => commands.has(code, 'close'));
    this.accesses = flag((code) => commands.has(code, 'read') || commands.has(code, 'write'));
    this.refreshes = flag((code) => commands.has(code, 'refresh'));
    this.isFree = flag((code) => commands.forms[code]!.bus === 'none');
    this.isOnColumnBus = flag((code) => commands.isOnColumnBus(code));
    this.banks = topology.banks;
    this.scopes = new ScopedBanks(topology, commands);
  }

  get commands(): CommandTable {
    return this.device.commands;
  }

  /** The banks that a command to the bank reaches, ascending. */
  banksOf(command: number, bank: number): Int32Array {
    return this.scopes.of(command, bank);
  }

  /** First tick at which all banks that the command reaches allow it. */
  readyAt(command: number, bank: number): number {
    let latest = 0;
    for (const reached of this.banksOf(command, bank)) {
      const at = command < COMMANDS ? this.device.readyAt(command, reached) : this.device.readyAtOwn(command, reached);
      if (at > latest) latest = at;
    }
    return latest;
  }

  /** How long the command keeps a bank from being opened, at least 1. */
  busyTicks(command: number): number {
    return this.device.ownWait(command, Command.activate);
  }

  /** Issues a command: waits and state of all banks that it reaches. `row` matters for commands that open one. */
  issue(command: number, bank: number, row: number, tick: number): void {
    const { device } = this;
    const banks = this.banksOf(command, bank);
    if (command >= COMMANDS) this.issueOwn(command, banks, row, tick);
    else if (command === Command.prechargeAll || command === Command.refreshAll) {
      device.issueAll(command, banks[0]!, banks[0]! + banks.length, this.wideLevel, tick);
    } else device.issue(command, bank, row, tick);
  }

  private issueOwn(command: number, banks: Int32Array, row: number, tick: number): void {
    const { device } = this;
    device.makeWaitOwn(command, banks, tick);
    for (const bank of banks) {
      if (this.opens[command] === 1) device.open(bank, row);
      if (this.accesses[command] === 1 && device.openRow[bank] !== CLOSED) device.columnAccesses[bank]!++;
      if (this.closes[command] === 1) device.close(bank);
    }
  }
}
