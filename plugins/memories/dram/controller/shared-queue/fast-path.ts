import type { ClockDomain, StateExchange } from 'tessera-sim';
import { Command } from '../../commands.js';
import type { DramDevice } from '../../device/device.js';
import type { RunPath } from '../channel.js';
import type { ChannelLog } from '../channel-log.js';
import type { ChannelCounters } from '../counters.js';
import type { RequestTable } from '../request-table.js';
import { openRowPolicy, type RowPolicy } from '../strategies.js';
import type { Completions } from './completions.js';
import type { CommandIssue } from './issue.js';
import { LateWaits } from './late-waits.js';
import { LoneRequest, QUEUED } from './lone-request.js';
import type { MaintenanceQueue } from './maintenance.js';
import { RowRun } from './row-run.js';
import type { ControllerState } from './state.js';
import type { Upkeep } from './upkeep.js';

export interface FastPathOptions {
  readonly rowPolicy: RowPolicy;
  readonly readQueueSize: number;
  readonly writeQueueSize: number;
}

/**
 * Short ways around queues and searches, for a controller with one command a tick whose row policy asks for no precharges: a request that
 * is alone in the channel, and a run of accesses to one open row of an empty channel. When a competitor comes, what is left goes into the
 * queue where it would be by then.
 */
export class FastPath implements RunPath {
  private readonly run = new RowRun();
  private readonly lone: LoneRequest;
  private readonly waits: LateWaits;
  private readonly keepsRows: boolean;
  private readonly counters: ChannelCounters;
  private readonly table: RequestTable;
  private readonly maintenance: MaintenanceQueue;
  /** Tick at which the write mode of the empty queues has yet to be evaluated. */
  private modeDueTick = Infinity;

  constructor(
    private readonly device: DramDevice,
    private readonly state: ControllerState,
    private readonly log: ChannelLog,
    private readonly completions: Completions,
    private readonly upkeep: Upkeep,
    issuer: CommandIssue,
    private readonly options: FastPathOptions,
  ) {
    this.keepsRows = options.rowPolicy === openRowPolicy;
    this.counters = log.counters;
    this.table = state.table;
    this.maintenance = state.maintenance;
    this.waits = new LateWaits(device);
    this.lone = new LoneRequest(device, state, log, completions, issuer, this.waits, this.keepsRows);
  }

  /** Requests on the fast path that have not been carried out. */
  get pending(): number {
    return (this.lone.isWaiting ? 1 : 0) + this.run.left;
  }

  /** Takes a request that is alone. If it is not, what is on the fast path goes into the queues, and the request is to follow it. */
  take(bank: number, row: number, column: number, isWrite: boolean, tag: number, cycle: number): boolean {
    const { lone, counters } = this;
    this.settleWriteMode(cycle);
    if (this.run.left > 0) this.queueRun(cycle);
    if (lone.isWaiting) {
      lone.join(cycle + 1);
      return false;
    }
    if (!this.isEmpty()) return false;
    lone.start(bank, row, column, isWrite, tag, cycle);
    if (isWrite) counters.writes++;
    else counters.reads++;
    this.state.wakeTick = cycle + 1;
    return true;
  }

  takeRun(bank: number, row: number, columns: Int32Array, count: number, isWrite: boolean, tag: number, cycle: number): number {
    const { device, counters, options, run } = this;
    if (!this.keepsRows || device.openRow[bank] !== row || this.lone.isWaiting || !this.isEmpty()) return 0;
    this.settleWriteMode(cycle);
    this.waits.settle();
    const command = isWrite ? Command.write : Command.read;
    const firstTick = Math.max(cycle + 1, device.readyAt(command, bank));
    const spacing = device.ownWait(command, command);
    run.start(bank, row, isWrite, tag, cycle, firstTick, spacing, isWrite ? options.writeQueueSize : options.readQueueSize);
    const taken = Math.min(count, run.countBefore(this.upkeep.refreshTick));
    if (taken === 0) return 0;
    run.setColumns(columns, taken);
    if (isWrite) counters.writes += taken;
    else counters.reads += taken;
    this.state.wakeTick = run.tickOf(taken - 1);
    return taken;
  }

  /** Cycle in which the last access of the run that was taken last has been accepted. */
  get lastRunArrival(): number {
    return this.run.arrival(this.run.count - 1);
  }

  /** Issues what is due up to `tick`. */
  advance(tick: number): void {
    if (this.run.left > 0) this.issueRun(tick);
    if (!this.lone.isWaiting || this.state.wakeTick > tick) return;
    const end = this.lone.carryOut(Math.min(tick, this.upkeep.refreshTick - 1));
    if (end !== QUEUED) this.rest(end);
  }

  /** To be called before the ordinary path asks the device or issues anything. */
  settle(): void {
    this.waits.settle();
  }

  private isEmpty(): boolean {
    return this.table.used === 0 && this.maintenance.count === 0 && this.run.left === 0;
  }

  /** Evaluates the write mode of the empty queues, as the tick after the last request would have. */
  private settleWriteMode(cycle: number): void {
    if (cycle < this.modeDueTick) return;
    this.state.updateWriteMode();
    this.modeDueTick = Infinity;
  }

  /** Issues what is due of the run, all at once: of equal commands to one row only the last decides what may follow. */
  private issueRun(limit: number): void {
    const { run, log, counters } = this;
    const end = Math.min(run.count, run.countBefore(limit + 1));
    const due = end - run.issued;
    if (due === 0) return;
    const command = run.isWrite ? Command.write : Command.read;
    const last = run.tickOf(end - 1);
    this.device.issueRepeated(command, run.bank, due, last);
    counters.rowHits += due;
    for (let k = run.issued; k < end; k++) {
      const tick = run.tickOf(k);
      const arrival = run.arrival(k);
      log.command(command, run.bank, run.row, tick);
      counters.occupancyCycles += tick - arrival;
      this.completions.accessed(run.bank, run.isWrite, run.tag, arrival, tick);
    }
    run.issued = end;
    if (run.left === 0) this.rest(last);
  }

  /** A competitor has come: what the run has not issued yet goes into the queue that it would be in. */
  private queueRun(cycle: number): void {
    const { run, state, log, counters, table } = this;
    log.countOccupancy(cycle);
    const queue = run.isWrite ? state.writes : state.reads;
    for (let k = run.issued; k < run.count; k++) {
      const arrival = run.arrival(k);
      counters.occupancyCycles += cycle - arrival;
      queue.push(table.take(run.bank, run.row, run.columns[k]!, run.isWrite, arrival, run.tag));
    }
    run.count = run.issued;
    state.replan(cycle + 1);
  }

  /** Nothing is left to do after `tick`. */
  private rest(tick: number): void {
    this.modeDueTick = tick + 1;
    this.state.wakeTick = Infinity;
  }

  exchange(s: StateExchange, clock: ClockDomain): void {
    this.run.state(s, clock);
    this.lone.exchange(s, clock);
    this.waits.state(s, clock);
    this.modeDueTick = s.cycle(this.modeDueTick, clock);
  }
}
