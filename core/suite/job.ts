import { closeSync, openSync, readSync } from 'node:fs';
import path from 'node:path';
import { InputError, type InputProblem } from '../errors.js';
import { installationFolder } from '../document/installation.js';
import { runVersions } from '../document/versions.js';
import { digestOf } from '../kernel/digest.js';
import type { Job } from '../plugin/suite-plugins.js';
import type { PluginRegistry } from '../plugin/registry.js';
import { loadScenario, type LoadOptions } from '../scenario/load.js';
import { FileHashes } from './file-hashes.js';
import { JobFiles } from './job-files.js';
import { JobInputs } from './job-inputs.js';
import type { SuitePoint } from './points.js';

/** What equal results need to have in common. */
export type JobIdentity = Pick<Job, 'file' | 'inputs' | 'set' | 'seed' | 'version'>;

/**
 * SHA-256 of the canonical JSON: neither the order of inputs nor the name of the run nor where its project lies matters. The order of
 * `set` does, since of two patterns for one parameter the last holds.
 */
export function jobKey({ file, inputs, set, seed, version }: JobIdentity): string {
  return digestOf({ file, inputs, set: Object.entries(set), seed, version });
}

/** Makes jobs of the points of a suite. */
export class JobMaker {
  private readonly inputs = new JobInputs(new FileHashes());
  private readonly files = new Map<string, JobFiles>();
  private readonly version = jobVersion();

  /** @param folder where the suite runs. */
  constructor(
    private readonly builtins: PluginRegistry,
    private readonly options: LoadOptions,
    private readonly folder: string,
  ) {}

  /** Loads the scenario where its inputs are not known yet. Throws InputError when it cannot be loaded. */
  async make({ name, file, set: ownSet, setPlaces }: SuitePoint): Promise<Job> {
    const set = { ...this.options.set, ...ownSet };
    const options = { ...this.options, set, setPlaces };
    const inputs = await this.inputs.of(file, options, () => loadScenario(file, this.builtins, options));
    const files = this.filesOf(file);
    const named = [...inputs.files].map(([input, hash]): [string, string] => [files.nameOf(input), hash]);
    const places = Object.entries(setPlaces).map(([key, place]) => [key, { ...place, file: files.nameOf(place.file) }] as const);
    const identity: JobIdentity = {
      file: files.nameOf(file),
      inputs: Object.fromEntries(named.sort(([a], [b]) => (a < b ? -1 : 1))),
      set,
      seed: inputs.seed,
      version: this.version,
    };
    return {
      key: jobKey(identity),
      name,
      project: files.projectFrom(this.folder),
      ...identity,
      setPlaces: Object.fromEntries(places),
      allow: (this.options.allow ?? []).map((folder) => files.nameOf(folder)),
      code: inputs.code,
    };
  }

  private filesOf(file: string): JobFiles {
    let files = this.files.get(file);
    if (files === undefined) this.files.set(file, (files = JobFiles.ofScenario(file)));
    return files;
  }
}

/** Checks that this installation and the files here are those that the job was made of. Throws InputError with every difference. */
export function checkJob(job: Job, files: JobFiles, hashes: FileHashes): void {
  const version = jobVersion();
  if (job.version !== version) {
    throw new InputError({ file: job.file, message: `the job was made by Tessera ${job.version}, this is ${version}`, expected: 'the same build' });
  }
  if (job.key !== jobKey(job)) throw new InputError({ file: job.file, message: 'the job does not fit its key', expected: 'a job as it was made' });
  const problems = Object.entries(job.inputs).flatMap(([name, expected]): InputProblem[] => {
    const file = files.fileOf(name);
    const found = hashes.of(file);
    if (found === expected) return [];
    const message = found === undefined ? 'this input of the run is missing here' : 'this input of the run is another one here, or has changed since';
    return [{ file, message, expected: `SHA-256 ${expected}${found === undefined ? '' : `, not ${found}`}` }];
  });
  if (problems.length > 0) throw new InputError(problems);
}

let version: string | undefined;

/** Version of Tessera; with a build, the digest at its beginning: a changed model has other results under the same version. */
export function jobVersion(): string {
  version ??= [runVersions()['tessera'], buildDigest()].filter((part) => part !== undefined).join('+');
  return version;
}

/** Of the comment that the bundle begins with: `/*0123456789abcdef*`. Megabytes follow, which nobody wants here. */
const BUNDLE_MARK = /^\/\*([0-9a-f]{16})\*/;
const BUNDLE_MARK_BYTES = 19;

function buildDigest(): string | undefined {
  const beginning = Buffer.alloc(BUNDLE_MARK_BYTES);
  let file: number | undefined;
  try {
    file = openSync(path.join(installationFolder(), 'dist', 'bundle', 'tessera.cjs'), 'r');
    readSync(file, beginning);
    return BUNDLE_MARK.exec(beginning.toString('latin1'))?.[1];
  } catch {
    return undefined;
  } finally {
    if (file !== undefined) closeSync(file);
  }
}
