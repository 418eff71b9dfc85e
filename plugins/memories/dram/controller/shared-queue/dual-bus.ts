import type { ClockDomain, StateExchange } from 'tessera-sim';
import { NONE } from '../request-table.js';
import type { CommandBus } from './command-bus.js';
import type { HalfClockEdges } from './half-clock-edges.js';
import type { CommandIssue } from './issue.js';
import type { CommandSearch } from './search.js';
import { Source, type ControllerState } from './state.js';

/** A column and a row command each tick (HBM), each found by a search of its own. */
export class DualBus implements CommandBus {
  /** A command without a slot has gone out: what has been found for the columns may be too early now. */
  private hasFreed = false;

  /** @param edges where a tick is half a clock (HBM3) */
  constructor(
    private readonly state: ControllerState,
    private readonly columns: CommandSearch,
    private readonly rows: CommandSearch,
    private readonly issuer: CommandIssue,
    private readonly edges?: HalfClockEdges,
  ) {}

  run(tick: number): void {
    const { state, columns, rows } = this;
    if (!state.isPlanned) this.planColumn(tick);
    const columnGoes = columns.tick <= tick;
    if (columnGoes) this.issuer.issue(columns.source, columns.slot, columns.command, tick);
    if (!state.isPlanned || columnGoes) this.planRow(tick);
    const rowGoes = rows.source === Source.maintenance && rows.slot !== NONE ? this.injectedGoes(tick, columnGoes) : rows.tick <= tick;
    if (rowGoes) this.issueRow(tick);
    if (columnGoes || rowGoes || this.hasFreed) {
      this.hasFreed = false;
      state.replan(tick + 1);
      return;
    }
    state.isPlanned = columns.holds && rows.holds;
    state.wakeTick = Math.min(columns.tick, rows.tick);
  }

  /** An injected command has been found: issues those that take no slot of a bus. @returns whether what is then found goes now */
  private injectedGoes(tick: number, columnGoes: boolean): boolean {
    const { rows, issuer } = this;
    while (rows.tick <= tick && issuer.busFreeAfter(rows.source, rows.command, tick) === tick) {
      this.issueRow(tick);
      this.planRow(tick);
      this.hasFreed = true;
    }
    return rows.tick <= tick && !(columnGoes && issuer.isOnColumnBus(rows.command));
  }

  private planColumn(tick: number): void {
    const { state, columns } = this;
    columns.clear();
    columns.searchActive(tick, true);
    if (columns.tick > tick && state.maintenance.count === 0) {
      state.updateWriteMode();
      columns.searchQueue(tick, true, false, false);
    }
  }

  private planRow(tick: number): void {
    const { state, rows } = this;
    rows.clear();
    if (state.maintenance.count > 0) {
      rows.searchMaintenance(tick);
    } else {
      state.updateWriteMode();
      rows.searchQueue(tick, false, true, true);
    }
  }

  private issueRow(tick: number): void {
    const { state, rows } = this;
    const bank = rows.source === Source.maintenance ? (rows.slot === NONE ? state.maintenance.firstBank : rows.slot) : state.table.bank[rows.slot]!;
    this.issuer.issue(rows.source, rows.slot, rows.command, tick);
    if (this.edges !== undefined) this.edges.rowCommandIssued(rows.command, bank, tick);
  }

  exchange(s: StateExchange, clock: ClockDomain): void {
    this.columns.exchange(s, clock);
    this.rows.exchange(s, clock);
  }
}
