import { Command } from '../../commands.js';
import type { DramDevice } from '../../device/device.js';

/**
 * In which half-clock ticks a command may go (HBM3): column commands and all row commands but precharges on odd ticks only; a
 * precharge may also go on an even tick unless that is the pairing edge of a row command to the same bank or of an all-bank
 * command of the same pseudo-channel.
 */
export class HalfClockEdges {
  private pairingTick = -1;
  private pairingRank = -1;
  /** Bank of the paired command, -1 for all of the pseudo-channel. */
  private pairingBank = -1;
  /** By command: it goes to more than one bank. */
  private readonly isWide: Uint8Array;

  constructor(private readonly device: DramDevice) {
    this.isWide = Uint8Array.from(device.commands.forms, ({ scope }) => (scope === 'bank' ? 0 : 1));
  }

  /** First tick from `at` on that is allowed. */
  firstAllowed(command: number, bank: number, at: number): number {
    if (at % 2 === 1) return at;
    if (command !== Command.precharge && command !== Command.prechargeAll) return at + 1;
    if (at !== this.pairingTick || this.pairingRank !== this.device.rankOfBank[bank]!) return at;
    const sameBank = this.pairingBank === -1 || command === Command.prechargeAll || this.pairingBank === bank;
    return sameBank ? at + 1 : at;
  }

  /** A row command has been issued. */
  rowCommandIssued(command: number, bank: number, tick: number): void {
    if (tick % 2 === 0) return;
    this.pairingRank = this.device.rankOfBank[bank]!;
    this.pairingBank = this.isWide[command] === 1 ? -1 : bank;
    this.pairingTick = tick + (command === Command.activate ? 3 : 1);
  }
}
