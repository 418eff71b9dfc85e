import type { ClockDomain, StateExchange } from 'tessera-sim';
import { Command } from '../../commands.js';
import type { DramDevice } from '../../device/device.js';

/**
 * In which half-clock ticks a command may go (HBM3): column commands and all row commands but precharges on odd ticks only; a
 * precharge may also go on an even tick unless that is the pairing edge of a row command to the same bank or of an all-bank
 * command of the same pseudo-channel.
 */
export class HalfClockEdges {
  /** 0 or 1: an even tick of the channel's; a state that is loaded at another time may make ticks of odd number even ones. */
  private evenTick = 0;
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
    if (this.isOdd(at)) return at;
    if (command !== Command.precharge && command !== Command.prechargeAll) return at + 1;
    if (at !== this.pairingTick || this.pairingRank !== this.device.rankOfBank[bank]!) return at;
    const sameBank = this.pairingBank === -1 || command === Command.prechargeAll || this.pairingBank === bank;
    return sameBank ? at + 1 : at;
  }

  /** A row command has been issued. */
  rowCommandIssued(command: number, bank: number, tick: number): void {
    if (!this.isOdd(tick)) return;
    this.pairingRank = this.device.rankOfBank[bank]!;
    this.pairingBank = this.isWide[command] === 1 ? -1 : bank;
    this.pairingTick = tick + (command === Command.activate ? 3 : 1);
  }

  state(s: StateExchange, clock: ClockDomain): void {
    this.evenTick = Math.abs(s.cycle(this.evenTick, clock) % 2);
    this.pairingTick = s.cycle(this.pairingTick, clock);
    this.pairingRank = s.number(this.pairingRank);
    this.pairingBank = s.number(this.pairingBank);
  }

  private isOdd(tick: number): boolean {
    return (tick + this.evenTick) % 2 === 1;
  }
}
