import path from 'node:path';
import type { Plan } from '../analysis/compare-plans.js';
import { kindOfNamedFile } from '../document/file-kind.js';
import { InputError } from '../errors.js';
import { importSource } from '../plugin/import-source.js';
import type { PluginRegistry } from '../plugin/registry.js';
import { ToolContexts } from '../plugin/tool-contexts.js';
import type { Estimate } from '../result/performance.js';
import { loadScenario, type LoadOptions } from '../scenario/load.js';
import type { Schedule } from '../schedule/form/form.js';
import type { LoopNest } from '../schedule/form/loop-nest.js';
import type { Workload } from '../workload/layer.js';
import { importFiles } from './import-file.js';
import { prepare } from './prepare.js';
import { readScheduleFile } from './schedule-file.js';

const SURE_ENOUGH = 0.6;

/** Whether a file is a mapping or a schedule (also a scenario, or another tool's), rather than a result. */
export function holdsPlan(file: string, registry: PluginRegistry): boolean {
  if (!/\.json$/i.test(file)) return true;
  if (kindOfNamedFile(file) !== 'foreign') return false;
  const source = importSource(file);
  if (isOwnSchedule(source.bytes)) return true;
  const importer = registry.importerFor(file, undefined, () => source);
  return importer !== undefined && importer.recognise(source) >= SURE_ENOUGH && importer.produces.some((part) => part === 'mapping' || part === 'schedule');
}

/** The schedule of a scenario or of a schedule file, or what an importer finds in another tool's file. */
export async function readPlan(file: string, registry: PluginRegistry, options: LoadOptions = {}): Promise<Plan> {
  const title = path.basename(file);
  if (kindOfNamedFile(file) === 'scenario') {
    const { scenario, registry: own } = await loadScenario(file, registry, options);
    const { schedule, workload, estimate } = await prepare(scenario, own, new ToolContexts(own, { seed: scenario.seed }));
    return { title: scenario.name, schedule, workload, estimatedCycles: estimate?.cycles };
  }
  if (isOwnSchedule(importSource(file).bytes)) return { title, schedule: readScheduleFile(file) };
  const { parts, importer, produces } = await importFiles([file], registry);
  if (parts.schedule === undefined && parts.mapping === undefined) {
    throw new InputError({
      file,
      message: `importer '${importer}' finds ${produces.join(', ') || 'nothing'} in it`,
      expected: 'a mapping, a schedule, a scenario or a result',
    });
  }
  return {
    title,
    schedule: parts.schedule as Schedule | undefined,
    mapping: parts.mapping as Readonly<Record<string, LoopNest>> | undefined,
    workload: parts.workload as Workload | undefined,
    estimatedCycles: (parts.estimate as Estimate | undefined)?.cycles,
  };
}

function isOwnSchedule(bytes: Uint8Array): boolean {
  return /^["']?tesseraSchedule["']?\s*:|^\s*\{\s*"tesseraSchedule"\s*:/m.test(new TextDecoder().decode(bytes.subarray(0, 4096)));
}
