import { InputError } from '../errors.js';
import { InputFiles } from '../document/input-files.js';
import { installationFolder } from '../document/installation.js';
import { canonicalJson } from '../kernel/digest.js';
import { readSchedule } from '../run/make-schedule.js';
import { readWorkload } from '../run/read-workload.js';
import type { LoadOptions, LoadResult } from '../scenario/load.js';
import type { LoadedScenario } from '../scenario/loaded-scenario.js';
import type { PluginRegistry } from '../plugin/registry.js';
import { ToolContexts } from '../plugin/tool-contexts.js';
import type { FileHashes } from './file-hashes.js';
import { filesOfPlugins } from '../scenario/plugin-files.js';

/** What a scenario's run depends on, besides what is set. */
export interface Inputs {
  /** SHA-256 by absolute path. */
  readonly files: ReadonlyMap<string, string>;
  readonly seed: number;
  /** SHA-256 of plugins' code that was agreed to when it was loaded. */
  readonly code: readonly string[];
}

/**
 * Finds what runs read without running them. Points that differ in numbers alone read the same files, so that a sweep is loaded once and
 * then only looked at; a worker that sees its run read another file says so (`JobWorker`), and nothing is stored under a wrong key.
 */
export class JobInputs {
  private readonly known = new Map<string, Inputs>();
  private readonly siblings = new Map<string, readonly string[]>();

  constructor(private readonly hashes: FileHashes) {}

  /** `load` is called where nothing is known, or a file has changed. */
  async of(file: string, options: LoadOptions, load: () => Promise<LoadResult>): Promise<Inputs> {
    const set = options.set ?? {};
    const texts = Object.entries(set).filter(([name, value]) => name !== 'seed' && typeof value !== 'number' && typeof value !== 'boolean');
    const places = texts.map(([name]) => options.setPlaces?.[name]?.file);
    const key = canonicalJson([file, texts, places, 'seed' in set]);
    const known = this.known.get(key);
    const seed = set['seed'];
    if (known !== undefined && this.areAsTheyWere(known)) return typeof seed === 'number' ? { ...known, seed } : known;
    const loaded = await load();
    const found = { files: await this.filesOf(loaded), seed: loaded.scenario.seed, code: loaded.code };
    this.known.set(key, found);
    return found;
  }

  private areAsTheyWere({ files }: Inputs): boolean {
    return [...files].every(([file, hash]) => this.hashes.of(file) === hash);
  }

  private async filesOf({ scenario, registry, read }: LoadResult): Promise<Map<string, string>> {
    const files = new Map(read);
    const more = [...filesOfPlugins(scenario.plugins), ...filesOfExperiment(scenario), ...(await this.siblingsOf(scenario, registry))];
    for (const file of more) {
      const hash = this.hashes.of(file);
      if (hash !== undefined) files.set(file, hash);
    }
    return files;
  }

  private async siblingsOf({ workload, schedule, seed }: LoadedScenario, registry: PluginRegistry): Promise<readonly string[]> {
    const contexts = new ToolContexts(registry, { seed });
    const ofWorkload =
      workload?.form === 'file' ? await this.told(workload.file, workload, async (tell) => void (await readWorkload(workload, registry, contexts, tell))) : [];
    const ofSchedule =
      schedule?.importer === undefined
        ? []
        : await this.told(schedule.file, schedule, async (tell) => void (await readSchedule(schedule, registry, contexts, tell)));
    return [...ofWorkload, ...ofSchedule];
  }

  private async told(file: string, source: object, read: (tell: (file: string) => void) => Promise<void>): Promise<readonly string[]> {
    const key = canonicalJson([this.hashes.of(file), source]);
    let found = this.siblings.get(key);
    if (found === undefined) {
      const files: string[] = [];
      try {
        await read((sibling) => files.push(sibling));
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
