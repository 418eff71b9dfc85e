import { readFileSync } from 'node:fs';

export interface GoldenRecord {
  readonly id: string;
  readonly config: Readonly<Record<string, unknown>>;
  readonly workload: Readonly<Record<string, unknown>>;
  readonly expected: Readonly<Record<string, unknown>>;
  readonly [key: string]: unknown;
}

/** Records of `tests/golden/`: measured by running the tool named in the file's `source`. */
export function goldenRecords(name: 'dram-ramulator2' | 'dram-dramsim3'): readonly GoldenRecord[] {
  return (golden(`${name}.json`) as { records: GoldenRecord[] }).records;
}

export function golden(file: string): unknown {
  return JSON.parse(readFileSync(new URL(`../../../golden/${file}`, import.meta.url), 'utf8'));
}
