import type { SuiteEntry } from '../run-suite.js';
import type { PlotLine, SweepPlot } from './sweep-plot.js';
import { union } from './suite-csv.js';

/** Lines that one plot can show and a reader tell apart. */
const MOST_LINES = 8;

/**
 * Plots of a sweep: for each scenario and each axis one, with a line for every choice of the other axes. Parameters that move together
 * are one axis. Times of schedules are plotted, of experiments nothing: their figures have no one headline.
 */
export function sweepPlots(entries: readonly SuiteEntry[]): SweepPlot[] {
  const files = union(entries.map(({ file }) => [file]));
  return files.flatMap((file) => {
    const own = entries.filter((entry) => entry.file === file && entry.figures?.['cycles'] !== undefined && isWhole(entry));
    return axesOf(own).flatMap((axis) => plotOf(own, axis) ?? []);
  });
}

function isWhole({ verdict }: SuiteEntry): boolean {
  return verdict === 'as-expected' || verdict === 'missed';
}

/** Paths whose values differ, those with a value each for each of another's in one axis. */
function axesOf(entries: readonly SuiteEntry[]): string[][] {
  const varying = union(entries.map(({ set }) => Object.keys(set))).filter((path) => valuesOf(entries, [path]).length > 1);
  const axes: string[][] = [];
  for (const path of varying) {
    const partner = axes.find(
      (axis) => valuesOf(entries, [...axis, path]).length === Math.max(valuesOf(entries, axis).length, valuesOf(entries, [path]).length),
    );
    if (partner === undefined) axes.push([path]);
    else partner.push(path);
  }
  return axes;
}

function valuesOf(entries: readonly SuiteEntry[], axis: readonly string[]): string[] {
  return union(entries.map((entry) => [valueOf(entry, axis)]));
}

function valueOf({ set }: SuiteEntry, axis: readonly string[]): string {
  return axis.map((path) => textOf(set[path])).join(', ');
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
}

function plotOf(entries: readonly SuiteEntry[], axis: readonly string[]): SweepPlot | undefined {
  const xLabels = valuesOf(entries, axis);
  const others = axesOf(entries)
    .filter((other) => !other.some((path) => axis.includes(path)))
    .flat();
  const lines = new Map<string, { x: number; y: number }[]>();
  for (const entry of entries) {
    const name = others.map((path) => `${shortName(path)}=${textOf(entry.set[path])}`).join(' ') || 'cycles';
    const points = lines.get(name) ?? [];
    lines.set(name, points);
    points.push({ x: xLabels.indexOf(valueOf(entry, axis)), y: entry.figures?.['cycles']?.value ?? 0 });
  }
  if (lines.size > MOST_LINES) return undefined;
  const xTitle = axis.map(shortName).join(', ');
  const sorted = [...lines].map(([name, points]): PlotLine => ({ name, points: points.sort((a, b) => a.x - b.x) }));
  const scenario = entries[0]?.name.split(' ')[0] ?? '';
  return { title: `${scenario}: cycles over ${xTitle}`, xTitle, yTitle: 'cycles', xLabels, lines: sorted };
}

/** `machine.noc.with.linkWidthBits` as `noc.linkWidthBits`. */
export function shortName(path: string): string {
  return path.replace(/^machine\./, '').replaceAll('.with.', '.');
}
