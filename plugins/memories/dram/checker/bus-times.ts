import type { CommandTable } from '../command-table.js';
import type { Datasheet } from './rules/datasheet.js';

/** From cycles between commands that have been received whole to ticks between their first halves, in which a trace tells them. */
export class BusTimes {
  private readonly occupied: readonly number[];

  constructor(
    private readonly sheet: Pick<Datasheet, 'ticksPerClock' | 'commandTicks'>,
    commands: CommandTable,
  ) {
    this.occupied = commands.names.map((name) => sheet.commandTicks[name] ?? sheet.ticksPerClock);
  }

  /** Ticks for which the command keeps its bus. */
  occupiedTicks(code: number): number {
    return this.occupied[code]!;
  }

  ticksBetween(from: number, to: number, cycles: number): number {
    return cycles * this.sheet.ticksPerClock + this.occupied[from]! - this.occupied[to]!;
  }
}
