import type { IdealDeclaration } from 'tessera-sim';
import { isColumn, isReadColumn } from './commands.js';
import type { AddressMapping, LineAddress } from './mapping/mapping.js';
import type { Constraint } from './timing/resolve.js';

export type DramIdeal = 'refresh' | 'rowMisses' | 'busTurnaround';

const ORDER = 'the scheduler meets other requests, in another order';

/** What `ideal` can switch off. */
export const DRAM_IDEAL: Readonly<Record<DramIdeal, IdealDeclaration>> = {
  refresh: {
    description: 'no refresh',
    anomaly: { reason: `a refresh closes rows that the next access would have to close itself; ${ORDER}`, atMost: 0.03 },
  },
  rowMisses: {
    description: 'all lines of a bank lie in one row, which stays open but for refreshes',
    anomaly: { reason: ORDER, atMost: 0.03 },
  },
  busTurnaround: {
    description: 'a read may follow a write, and a write a read, as soon as one of its own kind',
    anomaly: { reason: ORDER, atMost: 0.03 },
  },
};

/** Constraints between reads and writes are no longer than the data of one access. */
export function withoutTurnaround(constraints: readonly Constraint[], burstTicks: number): readonly Constraint[] {
  const turns = ({ preceding, following }: Constraint): boolean =>
    isColumn(preceding) && isColumn(following) && isReadColumn(preceding) !== isReadColumn(following);
  return constraints.map((constraint) =>
    turns(constraint) && constraint.latencyTicks > burstTicks ? { ...constraint, latencyTicks: burstTicks } : constraint,
  );
}

/** Another mapping whose rows are stretches of columns of one long row. */
export class OneRowMapping implements AddressMapping {
  readonly name: string;

  /** @param lineColumns lines of a row */
  constructor(
    private readonly mapping: AddressMapping,
    private readonly lineColumns: number,
  ) {
    this.name = mapping.name;
  }

  decode(line: number, into: LineAddress): void {
    this.mapping.decode(line, into);
    into.column += into.row * this.lineColumns;
    into.row = 0;
  }
}
