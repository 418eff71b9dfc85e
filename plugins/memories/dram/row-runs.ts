import type { DramSystem } from './system.js';

/** Longest run that is looked for at once. */
const MAX_RUN = 1024;

/** Finds, at the front of a stretch of lines, those that lie in one row, and offers them to the channel as a run. */
export class RowRuns {
  private readonly columns = new Int32Array(MAX_RUN);
  /** Cycle in which the last line of the run taken last has been accepted. */
  lastArrival = 0;

  constructor(private readonly system: DramSystem) {}

  /** @returns how many lines have been taken, 0 when they must be offered one by one */
  offer(line: number, lines: number, isWrite: boolean, tag: number, cycle: number): number {
    const channel = this.system.channels[0]!;
    const { runs } = channel;
    if (lines < 2 || this.system.channels.length > 1 || runs === undefined) return 0;
    channel.advance(cycle);
    if (channel.pending() > 0) return 0;
    const place = this.system.locate(line);
    const { bank, row } = place;
    let count = 0;
    do {
      this.columns[count++] = place.column;
      if (count < lines) this.system.locate(line + count);
    } while (count < lines && count < MAX_RUN && place.bank === bank && place.row === row);
    if (count < 2) return 0;
    const taken = runs.takeRun(bank, row, this.columns, count, isWrite, tag, cycle);
    if (taken > 0) this.lastArrival = runs.lastRunArrival;
    return taken;
  }
}
