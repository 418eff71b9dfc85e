import { formatCount, spreadOf, type StatisticGroup, type StatisticRow } from 'tessera-sim';

/** More blocks of one plugin than this are summed up: least, mean and most. */
const MOST_COLUMNS = 4;

/** Titles of the columns of numbers of a group: its blocks, or how their values spread. */
export function statisticColumns({ blocks }: StatisticGroup): readonly string[] {
  return blocks.length > MOST_COLUMNS ? ['least', 'mean', 'most'] : blocks;
}

/** The numbers of a row under `statisticColumns`. */
export function statisticCells({ blocks }: StatisticGroup, { values }: StatisticRow): string[] {
  if (blocks.length <= MOST_COLUMNS) return values.map((value) => formatCount(value));
  const spread = spreadOf(values);
  return [formatCount(spread?.least), formatCount(spread?.mean), formatCount(spread?.most)];
}
