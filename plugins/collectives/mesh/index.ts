import { definePlugin, InputError } from 'tessera-sim';
import {
  chainBroadcast,
  collectiveAlgorithms,
  ringAllGather,
  ringReduceScatter,
  type CollectiveAlgorithm,
  type CollectiveProblem,
  type CollectiveStep,
  type Ring,
} from 'tessera-sim/collectives';

/** Participants in rows of `columns`, row after row. */
interface Grid {
  readonly rows: number;
  readonly columns: number;
}

const range = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

/** As the schedule says, else the squarest grid. */
function gridOf({ participants, columns: wanted }: CollectiveProblem): Grid {
  const columns = wanted ?? range(participants + 1).find((count) => count * count >= participants && participants % count === 0) ?? participants;
  if (participants % columns !== 0)
    throw new InputError({
      path: 'with.columns',
      message: `${participants} participants do not fill rows of ${columns}`,
      expected: 'a divisor of their number',
    });
  return { rows: participants / columns, columns };
}

/**
 * Rings along the rows and along the columns. The chunk of a column of participants is all that is theirs; within a column it is
 * split further. Of an all-reduce nobody cares whose part is whose, so parts are numbered to lie side by side.
 */
function ringsOf({ rows, columns }: Grid, sideBySide: boolean): { rowRings: Ring[]; columnRings: Ring[] } {
  const part = (row: number, column: number): number => (sideBySide ? column * rows + row : row * columns + column);
  const ofColumn = (column: number): number[] => range(rows).map((row) => part(row, column));
  return {
    rowRings: range(rows).map((row) => ({ members: range(columns).map((column) => row * columns + column), partsOf: range(columns).map(ofColumn) })),
    columnRings: range(columns).map((column) => ({ members: range(rows).map((row) => row * columns + column), partsOf: ofColumn(column).map((own) => [own]) })),
  };
}

/** Steps of several rings, one of each in turn, so that no queue looks ahead through a whole ring before the next begins. */
function* sideBySide(streams: readonly Iterator<CollectiveStep>[]): Generator<CollectiveStep> {
  let open = [...streams];
  while (open.length > 0) {
    const still: Iterator<CollectiveStep>[] = [];
    for (const stream of open) {
      const next = stream.next();
      if (next.done === true) continue;
      yield next.value;
      still.push(stream);
    }
    open = still;
  }
}

/** First along the row to the column of the receiver, then along the column: in two rounds of direct exchanges. */
function* allToAll({ rows, columns }: Grid): Generator<CollectiveStep> {
  const p = rows * columns;
  const move = (from: number, to: number, part: number): CollectiveStep => ({ from, to: [to], first: part, end: part + 1, action: 'copy', isMove: true });
  for (let distance = 1; distance < columns; distance++) {
    for (let from = 0; from < p; from++) {
      const row = Math.floor(from / columns);
      const column = ((from % columns) + distance) % columns;
      for (let target = column; target < p; target += columns) yield move(from, row * columns + column, from * p + target);
    }
  }
  for (let distance = 1; distance < rows; distance++) {
    for (let from = 0; from < p; from++) {
      const row = Math.floor(from / columns);
      const target = ((row + distance) % rows) * columns + (from % columns);
      for (let source = row * columns; source < (row + 1) * columns; source++) yield move(from, target, source * p + target);
    }
  }
}

/** Along the row of the root, then down and up every column. */
function* broadcast({ rows, columns }: Grid, root: number): Generator<CollectiveStep> {
  const [row, column] = [Math.floor(root / columns), root % columns];
  const p = rows * columns;
  yield* chainBroadcast(
    range(columns).map((step) => row * columns + ((column + step) % columns)),
    p,
  );
  yield* sideBySide(
    range(columns).map((x) =>
      chainBroadcast(
        range(rows).map((step) => ((row + step) % rows) * columns + x),
        p,
      ),
    ),
  );
}

function* steps(problem: CollectiveProblem): Generator<CollectiveStep> {
  const { operator, root } = problem;
  const grid = gridOf(problem);
  const { rowRings, columnRings } = ringsOf(grid, operator === 'all-reduce');
  if (operator === 'all-reduce' || operator === 'reduce-scatter') {
    const isMove = operator === 'reduce-scatter';
    yield* sideBySide(rowRings.map((ring) => ringReduceScatter(ring, isMove)));
    yield* sideBySide(columnRings.map((ring) => ringReduceScatter(ring, isMove)));
  }
  if (operator === 'all-reduce' || operator === 'all-gather') {
    yield* sideBySide(columnRings.map((ring) => ringAllGather(ring)));
    yield* sideBySide(rowRings.map((ring) => ringAllGather(ring)));
  }
  if (operator === 'all-to-all') yield* allToAll(grid);
  if (operator === 'broadcast') yield* broadcast(grid, root);
}

const meshCollective = definePlugin<CollectiveAlgorithm>({
  kind: 'extension',
  point: collectiveAlgorithms,
  name: 'mesh',
  version: '1.0.0',
  summary: 'Collectives on a grid of participants, rows then columns: the data of a ring in far fewer rounds',
  value: { operators: ['all-reduce', 'all-gather', 'reduce-scatter', 'all-to-all', 'broadcast'], steps },
});

export default meshCollective;
