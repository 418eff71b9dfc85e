import { flexibleColumn, rightColumn, statisticGroups, wrapText, type ScheduleResult, type StatisticGroup } from 'tessera-sim';
import { section, type Layout } from './section.js';
import { statisticCells, statisticColumns } from 'tessera-sim/exporters';

/** Whether the statistics of the blocks are printed: `auto` does so for machines with few blocks. */
export type StatisticsChoice = 'auto' | 'all' | 'none';

/** Beyond these a terminal is the wrong place, unless one asks. */
const FEW_BLOCKS = 8;

/** A section a plugin, with a column for each of its blocks while they are few. */
export function statisticSections(result: ScheduleResult, choice: StatisticsChoice, layout: Layout): string[][] {
  const groups = choice === 'none' ? [] : statisticGroups(result);
  if (groups.length === 0) return [];
  if (choice === 'auto' && result.blocks.length > FEW_BLOCKS) return [elsewhere(result, layout)];
  return groups.map((group) => groupSection(group, layout));
}

function groupSection(group: StatisticGroup, layout: Layout): string[] {
  const { plugin, kind, blocks, rows } = group;
  const who = blocks.length === 1 ? blocks[0]! : `${blocks.length} blocks`;
  const hasText = rows.some(({ description }) => description !== undefined);
  const numbers = statisticColumns(group).map((title) => ({ ...rightColumn(title), flexible: 2, least: 10 }));
  const columns = [
    flexibleColumn('statistic', 3, 12),
    ...numbers,
    flexibleColumn('unit', 3),
    ...(hasText ? [{ ...flexibleColumn('what it is', 1, 12), cut: 'end' as const }] : []),
  ];
  const body = rows.map((row) => [row.name, ...statisticCells(group, row), row.unit, row.description ?? '']);
  return section(`Statistics: ${plugin} (${kind}), ${who}`, columns, body, layout);
}

function elsewhere({ blocks }: ScheduleResult, { width, style }: Layout): string[] {
  return wrapText(`Statistics of ${blocks.length} blocks: -e html-report shows them, -e csv writes them, the table does with \`statistics: all\`.`, width).map(
    (line) => style.dim(line),
  );
}
