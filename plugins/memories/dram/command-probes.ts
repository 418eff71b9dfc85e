import type { ClockDomain, PointProbe, SpanProbe } from 'tessera-sim';
import type { CommandTable } from './command-table.js';
import type { CommandObserver } from './controller/channel.js';
import { ScopedBanks } from './device/scopes.js';
import type { Topology } from './device/topology.js';

/** Passes the commands of one channel on to the probes of a block: points for commands, spans for open rows. */
export class CommandProbes implements CommandObserver {
  private readonly openSince: Float64Array;
  private readonly scopes: ScopedBanks;

  constructor(
    private readonly clock: ClockDomain,
    private readonly points: PointProbe,
    private readonly spans: SpanProbe,
    topology: Topology,
    private readonly commands: CommandTable,
    private readonly firstBank: number,
  ) {
    this.openSince = new Float64Array(topology.banks).fill(-1);
    this.scopes = new ScopedBanks(topology, commands);
  }

  command(code: number, bank: number, _row: number, tick: number): void {
    const at = this.clock.tickOf(tick);
    if (this.points.active) this.points.emit(at, code, this.firstBank + bank);
    if (!this.spans.active) return;
    const { effects } = this.commands.forms[code]!;
    const opens = effects.includes('open');
    const closes = effects.includes('close');
    if (!opens && !closes) return;
    for (const reached of this.scopes.of(code, bank)) {
      if (opens) this.openSince[reached] = at;
      if (closes) this.close(reached, at);
    }
  }

  private close(bank: number, at: number): void {
    const since = this.openSince[bank]!;
    if (since < 0) return;
    this.spans.emit(since, at, this.firstBank + bank, -1);
    this.openSince[bank] = -1;
  }
}
