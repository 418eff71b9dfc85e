import type { SuiteEntry } from '../run-suite.js';

/** Runs whose time can be compared: of one scenario, on its machine, with other parameters. */
export type TimedEntry = Pick<SuiteEntry, 'file' | 'figures' | 'verdict'>;

/** How many times faster than the first run of its scenario that came to its end each is; undefined for one that did not. */
export function speedUps(entries: readonly TimedEntry[]): (number | undefined)[] {
  const first = new Map<string, number>();
  return entries.map((entry) => {
    const seconds = secondsOf(entry);
    if (seconds === undefined) return undefined;
    if (!first.has(entry.file)) first.set(entry.file, seconds);
    return (first.get(entry.file) as number) / seconds;
  });
}

/** What was cut short is no measure of the whole. */
function secondsOf({ figures, verdict }: TimedEntry): number | undefined {
  const seconds = verdict === 'as-expected' || verdict === 'missed' ? figures?.['seconds']?.value : undefined;
  return seconds !== undefined && seconds > 0 ? seconds : undefined;
}
