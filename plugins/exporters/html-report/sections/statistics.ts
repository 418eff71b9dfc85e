import { formatCount, statisticGroups, type ScheduleResult, type StatisticGroup } from 'tessera-sim';
import { statisticCells, statisticColumns } from 'tessera-sim/exporters';
import { html, type Markup } from '../markup.js';
import { htmlTable, section } from './table.js';

/** What the blocks counted: a table a plugin, opened by the reader. */
export function statisticSection(result: ScheduleResult): Markup {
  const groups = statisticGroups(result);
  return section(
    'Statistics of the blocks',
    groups.length === 0 ? '' : 'What each plugin counts; what is zero in every block is left out.',
    ...groups.map(groupMarkup),
  );
}

function groupMarkup(group: StatisticGroup): Markup {
  const { plugin, kind, blocks, rows } = group;
  const numbers = statisticColumns(group).map((title) => ({ title, numeric: true }));
  const hasText = rows.some(({ description }) => description !== undefined);
  const columns = [{ title: 'statistic' }, ...numbers, { title: 'unit' }, ...(hasText ? [{ title: 'what it is' }] : [])];
  const body = rows.map((row) => [row.name, ...statisticCells(group, row), row.unit, ...(hasText ? [row.description ?? ''] : [])]);
  const who = blocks.length === 1 ? blocks[0]! : `${formatCount(blocks.length)} blocks`;
  return html`<details><summary>${plugin} (${kind}), ${who}: ${rows.length} ${rows.length === 1 ? 'statistic' : 'statistics'}</summary>${htmlTable(columns, body)}</details>`;
}
