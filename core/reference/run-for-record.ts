import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { stringify } from 'yaml';
import type { PluginRegistry } from '../plugin/registry.js';
import type { CrosscheckRun } from '../plugin/tool-plugins.js';
import type { ScheduleResult } from '../result/run-result.js';
import { scheduleContent } from '../run/dump-schedule.js';
import { runSchedule } from '../run/run.js';
import { loadScenario } from '../scenario/load.js';

const SCHEDULE = 'schedule.ndjson';

/** Runs a machine and a schedule that a crosscheck made of a record, through the same files and checks as anybody's scenario. */
export async function runForRecord({ machine, schedule }: CrosscheckRun, registry: PluginRegistry, shouldStop: () => boolean): Promise<ScheduleResult> {
  const folder = mkdtempSync(path.join(tmpdir(), 'tessera-record-'));
  try {
    writeFileSync(path.join(folder, SCHEDULE), scheduleContent(schedule, SCHEDULE));
    const file = path.join(folder, 'scenario.yaml');
    writeFileSync(file, stringify({ tessera: 1, name: schedule.name, machine, schedule: SCHEDULE }));
    const loaded = await loadScenario(file, registry);
    return await runSchedule(loaded.scenario, loaded.registry, { shouldStop });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
