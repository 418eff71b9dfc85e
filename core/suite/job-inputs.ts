import { InputError } from '../errors.js';
import { InputFiles } from '../document/input-files.js';
import { installationFolder } from '../document/installation.js';
import { canonicalJson } from '../kernel/digest.js';
import { readSchedule } from '../run/make-schedule.js';
import { readWorkload } from '../run/read-workload.js';
import type { LoadResult } from '../scenario/load.js';
import type { LoadedScenario } from '../scenario/loaded-scenario.js';
import type { PluginRegistry } from '../plugin/registry.js';
import type { FileHashes } from './file-hashes.js';
import { filesOfPlugins } from './plugin-files.js';

/** Finds what a run reads without running it. What importers read beside their file is asked once for each file and configuration. */
export class JobInputs {
  private readonly siblings = new Map<string, readonly string[]>();

  constructor(private readonly hashes: FileHashes) {}

  /** SHA-256 by absolute path. */
  of({ scenario, registry, read }: LoadResult): Map<string, string> {
    const inputs = new Map(read);
    const more = [...filesOfPlugins(scenario.plugins), ...filesOfExperiment(scenario), ...this.siblingsOf(scenario, registry)];
    for (const file of more) {
      const hash = this.hashes.of(file);
      if (hash !== undefined) inputs.set(file, hash);
    }
    return inputs;
  }

  private siblingsOf({ workload, schedule }: LoadedScenario, registry: PluginRegistry): readonly string[] {
    const ofWorkload = workload?.form === 'file' ? this.told(workload.file, workload, (tell) => void readWorkload(workload, registry, tell)) : [];
    const ofSchedule = schedule?.importer === undefined ? [] : this.told(schedule.file, schedule, (tell) => void readSchedule(schedule, registry, tell));
    return [...ofWorkload, ...ofSchedule];
  }

  private told(file: string, { config }: { readonly config: object }, read: (tell: (file: string) => void) => void): readonly string[] {
    const key = canonicalJson([file, this.hashes.of(file), config]);
    let found = this.siblings.get(key);
    if (found === undefined) {
      const files: string[] = [];
      try {
        read((sibling) => files.push(sibling));
      } catch (error) {
        // The run will say so, with its place.
        if (!(error instanceof InputError)) throw error;
      }
      this.siblings.set(key, (found = files));
    }
    return found;
  }
}

/** Experiments read files when they run; every text of their configuration that names a file may be one of them. */
function filesOfExperiment({ experiment, file, allow = [] }: LoadedScenario): string[] {
  if (experiment === undefined) return [];
  const files = new InputFiles(file, { installation: installationFolder(), allow });
  return textsOf(experiment.config).flatMap((text) => {
    try {
      return [files.resolve(text, file, {})];
    } catch (error) {
      if (error instanceof InputError) return [];
      throw error;
    }
  });
}

function textsOf(value: unknown): string[] {
  if (typeof value === 'string') return value === '' || value.includes('\0') ? [] : [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsOf) : [];
}
