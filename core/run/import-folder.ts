import { stringify } from 'yaml';
import { scheduleContent } from './dump-schedule.js';
import type { ImportedFiles } from './import-file.js';
import { folderName, type ExportedFile } from '../document/output-files.js';
import type { Schedule } from '../schedule/form/form.js';
import type { Workload } from '../workload/layer.js';

/** A schedule of more operations than this is written a line each. */
const MOST_YAML_OPERATIONS = 500;

export interface ImportedScenario {
  /** By their names in the folder; `scenario.yaml` is among them when there is enough to run. */
  readonly files: readonly ExportedFile[];
  /** What would still be needed to run it; empty when it runs. */
  readonly missing: readonly string[];
}

/**
 * The files of a scenario made of what was imported: machine, workload, schedule or mapping, estimate, each in our own form, the scenario that
 * joins them, and `import.json`, which says where everything comes from and what was not used.
 */
export function importedScenario(imported: ImportedFiles): ImportedScenario {
  const { parts } = imported;
  const name = folderName(nameOf(imported));
  const missing = missingParts(parts);
  const schedule = parts.schedule as Schedule | undefined;
  const scheduleFile = schedule === undefined ? undefined : isShort(schedule) ? 'schedule.yaml' : 'schedule.ndjson';
  const files: ExportedFile[] = [];
  const add = (file: string, content: string | Uint8Array): void => void files.push({ name: file, content });
  if (parts.machine !== undefined) add('machine.yaml', yaml({ tesseraMachine: 1, name, ...(parts.machine as object) }));
  if (parts.workload !== undefined) add('workload.json', json({ tesseraParts: 1, workload: parts.workload }));
  if (schedule !== undefined) add(scheduleFile!, scheduleContent(schedule, scheduleFile!));
  if (parts.mapping !== undefined) add('mapping.yaml', yaml(parts.mapping));
  if (parts.estimate !== undefined) add('estimate.json', json({ tesseraParts: 1, estimate: parts.estimate }));
  if (missing.length === 0) add('scenario.yaml', scenarioText(name, imported, scheduleFile));
  add('import.json', json(record(imported, missing)));
  return { files, missing };
}

function nameOf({ parts, importer, sources }: ImportedFiles): string {
  const workload = parts.workload as Workload | undefined;
  const schedule = parts.schedule as Schedule | undefined;
  return schedule?.name ?? workload?.name ?? Object.keys(sources)[0]?.replace(/\.\w+$/, '') ?? importer;
}

function missingParts({ machine, workload, mapping, schedule }: ImportedFiles['parts']): string[] {
  const missing = machine === undefined ? ['a machine'] : [];
  if (schedule !== undefined) return missing;
  if (workload === undefined) missing.push(mapping === undefined ? 'a workload or a schedule' : 'a workload');
  return missing;
}

function isShort({ operations }: Schedule): boolean {
  return [...operations].length <= MOST_YAML_OPERATIONS;
}

function scenarioText(name: string, { importer, parts, expect }: ImportedFiles, scheduleFile: string | undefined): string {
  const { workload, mapping, estimate } = parts;
  const plan =
    scheduleFile !== undefined
      ? { schedule: scheduleFile }
      : { mapper: mapping === undefined ? { use: 'layer-by-layer' } : { use: 'given-nests', with: { layers: mapping } } };
  const document = {
    tessera: 1,
    name,
    description: `Read by importer ${importer}; import.json says from what`,
    machine: { include: 'machine.yaml' },
    ...(workload === undefined ? {} : { workload: { import: { use: 'parts', file: 'workload.json' } } }),
    ...plan,
    ...(estimate === undefined ? {} : { estimate: { use: 'parts', file: 'estimate.json' } }),
    expect: { violations: { equals: 0 }, ...expect },
  };
  return yaml(document);
}

function record({ importer, sources, produces, unused, warnings }: ImportedFiles, missing: readonly string[]): object {
  return { tesseraImport: 1, importer, sources, parts: produces, missing, unused, warnings };
}

function yaml(value: unknown): string {
  return stringify(value, { aliasDuplicateObjects: false, lineWidth: 140 });
}

function json(value: unknown): string {
  return `${JSON.stringify(value, undefined, 1)}\n`;
}
