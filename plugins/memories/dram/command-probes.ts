import type { ClockDomain, PointProbe, SpanProbe } from 'tessera-sim';
import { Command } from './commands.js';
import type { CommandObserver } from './controller/channel.js';

/** Passes the commands of one channel on to the probes of a block: points for commands, spans for open rows. */
export class CommandProbes implements CommandObserver {
  private readonly openSince: Float64Array;

  constructor(
    private readonly clock: ClockDomain,
    private readonly points: PointProbe,
    private readonly spans: SpanProbe,
    banks: number,
    private readonly banksOfScope: number,
    private readonly firstBank: number,
  ) {
    this.openSince = new Float64Array(banks).fill(-1);
  }

  command(code: number, bank: number, _row: number, tick: number): void {
    const at = this.clock.tickOf(tick);
    if (this.points.active) this.points.emit(at, code, this.firstBank + bank);
    if (!this.spans.active) return;
    if (code === Command.activate) this.openSince[bank] = at;
    const closes = code === Command.precharge || code === Command.readAuto || code === Command.writeAuto;
    if (closes) this.close(bank, at);
    if (code === Command.prechargeAll) for (let b = bank; b < bank + this.banksOfScope; b++) this.close(b, at);
  }

  private close(bank: number, at: number): void {
    const since = this.openSince[bank]!;
    if (since < 0) return;
    this.spans.emit(since, at, this.firstBank + bank, -1);
    this.openSince[bank] = -1;
  }
}
