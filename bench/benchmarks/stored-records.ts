import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { STORED_NOTE, type StoredSeconds } from '../report.js';

interface ReferenceRecord {
  readonly id: string;
  readonly workload: Readonly<Record<string, unknown>>;
  readonly reference_cpu_seconds?: number;
  readonly reference_cycles_simulated?: number;
}

interface ReferenceFile {
  readonly source: { readonly tool: string };
  readonly records: readonly ReferenceRecord[];
}

/** The seconds that a reference record carries; none when the file, the record or the figure is missing. */
export function storedSeconds(name: string, root: string, file: string, id: string): StoredSeconds[] {
  const full = path.join(root, 'tests', 'golden', file);
  if (!existsSync(full)) return [];
  const { source, records } = JSON.parse(readFileSync(full, 'utf8')) as ReferenceFile;
  const record = records.find((candidate) => candidate.id === id);
  if (record?.reference_cpu_seconds === undefined) return [];
  return [{ name, tool: source.tool, cpuSeconds: record.reference_cpu_seconds, work: workOf(record), note: STORED_NOTE }];
}

function workOf({ workload, reference_cycles_simulated: cycles }: ReferenceRecord): string {
  return cycles === undefined ? `${String(workload['n'])} requests` : `${cycles} cycles`;
}
