import type { BlockResult, ScheduleResult } from '../result/run-result.js';

/** One statistic of the blocks of one plugin. */
export interface StatisticRow {
  readonly name: string;
  readonly unit: string;
  /** Absent in documents that do not tell. */
  readonly description?: string;
  /** One a block, in the order of the group's blocks; NaN where a block has none. */
  readonly values: readonly number[];
}

/** The statistics of all blocks that one plugin models, which have the same ones. */
export interface StatisticGroup {
  readonly plugin: string;
  readonly kind: string;
  readonly blocks: readonly string[];
  readonly rows: readonly StatisticRow[];
}

/** Statistics of a run by plugin, in the order of the blocks. What is zero in every block, and groups without anything else, are left out. */
export function statisticGroups({ blocks, statisticDescriptions = {} }: ScheduleResult): StatisticGroup[] {
  const groups = new Map<string, BlockResult[]>();
  for (const block of blocks) {
    const key = `${block.kind} ${block.plugin}`;
    groups.set(key, [...(groups.get(key) ?? []), block]);
  }
  return [...groups.values()].map((group) => groupOf(group, statisticDescriptions)).filter(({ rows }) => rows.length > 0);
}

function groupOf(blocks: readonly BlockResult[], descriptions: NonNullable<ScheduleResult['statisticDescriptions']>): StatisticGroup {
  const { plugin, kind } = blocks[0]!;
  const names = [...new Set(blocks.flatMap(({ statistics }) => Object.keys(statistics)))];
  const rows = names.map((name): StatisticRow => {
    const description = ownValue(ownValue(descriptions, plugin), name);
    const unit = blocks.map(({ statistics }) => ownValue(statistics, name)?.unit).find((known) => known !== undefined)!;
    // JSON has null for what is undefined.
    const values = blocks.map(({ statistics }) => (ownValue(statistics, name)?.value as number | null | undefined) ?? NaN);
    return { name, unit, ...(description === undefined ? {} : { description }), values };
  });
  return {
    plugin,
    kind,
    blocks: blocks.map(({ path }) => path),
    rows: rows.filter(({ values }) => values.some((value) => value !== 0 && !Number.isNaN(value))),
  };
}

/** Names come from documents: one like `constructor` must not find what every object has. */
function ownValue<Value>(record: Readonly<Record<string, Value>> | undefined, name: string): Value | undefined {
  return record !== undefined && Object.hasOwn(record, name) ? record[name] : undefined;
}

/** Least, mean and largest of the values that are there; undefined when none is. */
export function spreadOf(values: readonly number[]): { readonly least: number; readonly mean: number; readonly most: number } | undefined {
  const known = values.filter((value) => !Number.isNaN(value));
  if (known.length === 0) return undefined;
  let [least, most, sum] = [Infinity, -Infinity, 0];
  for (const value of known) {
    least = Math.min(least, value);
    most = Math.max(most, value);
    sum += value;
  }
  return { least, mean: sum / known.length, most };
}
