import { COMMON_COMMANDS, type CommandTable } from '../command-table.js';
import type { CommandObserver } from '../controller/channel.js';
import type { Topology } from '../device/topology.js';

/** One command, readable. */
export interface CommandRow {
  readonly tick: number;
  readonly command: string;
  readonly rank: number;
  readonly stack: number;
  readonly group: number;
  /** Within its group. */
  readonly bank: number;
  /** Within its rank. */
  readonly bankOfRank: number;
  readonly row: number;
  readonly [key: string]: unknown;
}

/** The commands of one channel as they were issued. */
export class CommandRecorder implements CommandObserver {
  /** Commands that came after the limit. */
  dropped = 0;
  private readonly ticks: number[] = [];
  private readonly codes: number[] = [];
  private readonly banks: number[] = [];
  private readonly rowNumbers: number[] = [];

  /** @param limit commands kept; later ones are only counted */
  constructor(private readonly limit = Infinity) {}

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
    this.rowNumbers.push(row);
  }

  /** Commands to several banks carry the first one. */
  rows(topology: Topology, commands: CommandTable = COMMON_COMMANDS): CommandRow[] {
    const { stacks, bankGroups, banksPerGroup } = topology.counts;
    return this.codes.map((code, i) => {
      const bank = this.banks[i] as number;
      return {
        tick: this.ticks[i] as number,
        command: commands.names[code] as string,
        rank: topology.rankOf(bank),
        stack: Math.floor(bank / (banksPerGroup * bankGroups)) % stacks,
        group: topology.groupOf(bank),
        bank: bank % banksPerGroup,
        bankOfRank: bank % topology.banksPerRank,
        row: this.rowNumbers[i] as number,
      };
    });
  }
}

const DRAMPOWER_NAMES: Readonly<Record<string, string>> = {
  ACT: 'ACT',
  PREpb: 'PRE',
  PREab: 'PREA',
  RD: 'RD',
  WR: 'WR',
  RDA: 'RDA',
  WRA: 'WRA',
  REFab: 'REF',
  REFpb: 'REFB',
};

/** DRAMPower's command trace of one rank: `timestamp,command,bank`, ended by END. Commands that it does not know are left out. */
export function dramPowerText(rows: readonly CommandRow[], rank: number): string {
  const known = rows.filter((row) => row.rank === rank && DRAMPOWER_NAMES[row.command] !== undefined);
  const lines = known.map((row) => `${row.tick},${DRAMPOWER_NAMES[row.command]},${row.bankOfRank}`);
  const end = (known.at(-1)?.tick ?? 0) + 1;
  return `${[...lines, `${end},END,0`].join('\n')}\n`;
}
