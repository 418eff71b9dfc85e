import { COMMAND_NAMES, Command } from '../commands.js';
import type { CommandObserver } from '../controller/channel.js';
import type { Topology } from '../device/topology.js';

/** The commands of one channel as they were issued, for a file. */
export class CommandRecorder implements CommandObserver {
  private readonly ticks: number[] = [];
  private readonly codes: number[] = [];
  private readonly banks: number[] = [];
  private readonly rows: number[] = [];

  /** @param limit commands kept; later ones are only counted */
  constructor(private readonly limit = Infinity) {}

  dropped = 0;

  get length(): number {
    return this.codes.length;
  }

  command(code: number, bank: number, row: number, tick: number): void {
    if (this.codes.length >= this.limit) {
      this.dropped++;
      return;
    }
    this.ticks.push(tick);
    this.codes.push(code);
    this.banks.push(bank);
    this.rows.push(row);
  }

  /** One line a command: tick, command, rank, bank group, bank, row. */
  text(topology: Topology): string {
    const { stacks, bankGroups, banksPerGroup } = topology.counts;
    const lines = this.codes.map((code, i) => {
      const bank = this.banks[i] as number;
      const group = Math.floor(bank / banksPerGroup) % bankGroups;
      const stack = Math.floor(bank / (banksPerGroup * bankGroups)) % stacks;
      return [this.ticks[i], COMMAND_NAMES[code], topology.rankOf(bank), stack, group, bank % banksPerGroup, this.rows[i]].join(', ');
    });
    return `# tick, command, rank, stack, bank group, bank, row\n${lines.join('\n')}\n`;
  }

  /** The form of DRAMPower's command traces, one rank: `timestamp,command,bank`, ended by END. */
  dramPowerText(rank: number, topology: Topology, endTick: number): string {
    const lines: string[] = [];
    this.codes.forEach((code, i) => {
      const bank = this.banks[i] as number;
      const name = DRAMPOWER_NAMES[code];
      if (topology.rankOf(bank) !== rank || name === undefined) return;
      lines.push(`${this.ticks[i]},${name},${bank % topology.banksPerRank}`);
    });
    return `${lines.join('\n')}\n${endTick},END,0\n`;
  }
}

const DRAMPOWER_NAMES: Readonly<Record<number, string>> = {
  [Command.activate]: 'ACT',
  [Command.precharge]: 'PRE',
  [Command.prechargeAll]: 'PREA',
  [Command.read]: 'RD',
  [Command.write]: 'WR',
  [Command.readAuto]: 'RDA',
  [Command.writeAuto]: 'WRA',
  [Command.refreshAll]: 'REF',
  [Command.refreshBank]: 'REFB',
};
