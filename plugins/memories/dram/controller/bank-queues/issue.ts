import { Command, isColumn } from '../../commands.js';
import type { DramDevice } from '../../device/device.js';
import type { ChannelLog } from '../channel-log.js';
import { NONE } from '../request-table.js';
import type { Completions } from './completions.js';
import type { BankQueueRequests } from './requests.js';

/** Issues a command: to the device, and all that follows from it for queues, counts and the request it was for. */
export class CommandIssue {
  /** @param refreshTicks ticks of a refresh, for statistics only */
  constructor(
    private readonly device: DramDevice,
    private readonly requests: BankQueueRequests,
    private readonly log: ChannelLog,
    private readonly completions: Completions,
    private readonly refreshTicks: number,
  ) {}

  /** @param slot the request that the command is for, NONE for refreshes and the precharges before them */
  issue(command: number, bank: number, slot: number, tick: number): void {
    const { device, log } = this;
    const row = slot === NONE ? 0 : this.requests.table.row[slot]!;
    const endsAccess = isColumn(command);
    if (endsAccess) this.countOutcome(bank);
    if (command === Command.refreshAll) {
      device.issueAll(command, bank, bank + device.topology.banksPerRank, 1, tick);
    } else {
      device.issue(command, bank, row, tick);
    }
    log.command(command, bank, row, tick);
    this.followState(command, bank, row);
    if (endsAccess) this.completions.accessed(slot, tick);
  }

  /** The first access after an activate is a miss, the others are hits. */
  private countOutcome(bank: number): void {
    if (this.device.columnAccesses[bank]! > 0) this.log.counters.rowHits++;
    else this.log.counters.rowMisses++;
  }

  private followState(command: number, bank: number, row: number): void {
    const { counters } = this.log;
    switch (command) {
      case Command.read:
      case Command.write:
        return;
      case Command.activate:
        this.requests.rowOpened(bank, row);
        return;
      case Command.precharge:
        counters.rowConflicts++;
        break;
      case Command.refreshAll:
      case Command.refreshBank:
        counters.refreshCycles += this.refreshTicks;
        break;
      default:
    }
    this.requests.rowClosed(bank);
  }
}
