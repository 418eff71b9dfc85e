import { readdirSync, type Stats } from 'node:fs';
import path from 'node:path';
import { InputError, type SourcePlace } from '../errors.js';
import { isPlainObject, Places } from '../document/places.js';
import { validateInPlace } from '../document/validate.js';
import { documentSchema, installationFolder } from '../document/installation.js';
import { runName } from '../result/run-name.js';
import { InputFiles, INSTALLATION_PREFIX, namedFile, statOf } from '../document/input-files.js';
import { parseLocated } from '../document/yaml.js';

/** One run of a suite. */
export interface SuitePoint {
  /** Unique in the suite: the file, and the values of the axes. */
  readonly name: string;
  readonly file: string;
  readonly set: Readonly<Record<string, unknown>>;
  /** Where in a suite file each value of `set` stands. */
  readonly setPlaces: Readonly<Record<string, SourcePlace>>;
}

interface SuiteDocument {
  readonly scenarios: readonly string[];
  readonly set?: Readonly<Record<string, unknown>>;
  readonly axes?: Readonly<Record<string, readonly unknown[]>>;
}

const MAX_JOBS = 100_000;
const SCENARIO_ENDINGS = ['.yaml', '.yml', '.json'];

/**
 * The runs of files and folders, in a fixed order: scenario files as they are, suite files written out over their axes,
 * folders searched for both. Files in a folder that are neither (machines, layers) are passed over.
 */
export function loadSuite(targets: readonly string[]): SuitePoint[] {
  const jobs = targets.flatMap((target) => jobsOf(namedFile(target, installationFolder()), true, [], undefined));
  if (jobs.length === 0)
    throw new InputError({ file: targets.join(', '), message: 'no scenario found', expected: 'YAML files with `tessera: 1` or `tesseraSuite: 1`' });
  return nameUniquely(jobs);
}

function jobsOf(target: string, isNamed: boolean, chain: readonly string[], place: object | undefined): SuitePoint[] {
  const isFolder = existing(target, place).isDirectory();
  if (isFolder) {
    const entries = readdirSync(target)
      .sort()
      .filter((name) => !name.startsWith('.') && name !== 'node_modules');
    return entries.flatMap((name) => {
      const file = path.join(target, name);
      // A link to nowhere is neither.
      const found = statOf(file);
      const wanted = found?.isDirectory() === true || (found !== undefined && SCENARIO_ENDINGS.includes(path.extname(name)));
      return wanted ? jobsOf(file, false, chain, place) : [];
    });
  }
  const document = parse(target, isNamed);
  if (document === undefined) return [];
  if (document.value['tesseraSuite'] !== undefined) return suiteJobs(target, document, chain);
  if (document.value['tessera'] === undefined && !isNamed) return [];
  return [{ name: nameOf(target), file: target, set: {}, setPlaces: {} }];
}

function existing(target: string, place: object | undefined): Stats {
  const found = statOf(target);
  if (found === undefined)
    throw new InputError({
      file: target,
      ...place,
      message: `no such file or folder: '${path.basename(target)}'`,
      expected: 'a scenario, a suite or a folder of them',
    });
  return found;
}

interface Parsed {
  readonly value: Record<string, unknown>;
  readonly places: Places;
}

/** A file that somebody named must parse; one that was only found is passed over when it is no YAML mapping. */
function parse(file: string, isNamed: boolean): Parsed | undefined {
  const places = new Places();
  try {
    const { value } = parseLocated(new InputFiles(file).readText(file), file, places);
    return isPlainObject(value) ? { value, places } : undefined;
  } catch (error) {
    // A named scenario with a syntax error is a run that fails, not a suite that cannot start; see runSuite.
    if (isNamed || !(error instanceof InputError)) return { value: { tessera: 1 }, places };
    return undefined;
  }
}

function suiteJobs(file: string, { value, places }: Parsed, chain: readonly string[]): SuitePoint[] {
  const problems = validateInPlace(documentSchema('suite'), value, { places, owner: 'suite schema' });
  if (problems.length > 0) throw new InputError(problems);
  if (chain.includes(file)) throw new InputError({ file, path: 'scenarios', message: 'this suite contains itself', expected: 'a suite without a cycle' });
  const suite = value as unknown as SuiteDocument;
  const files = new InputFiles(file, { installation: installationFolder() });
  const jobs = suite.scenarios.flatMap((reference, index) => {
    const place = { ...places.ofValue(suite.scenarios, index), path: `scenarios.${index}` };
    const isOfInstallation = reference.startsWith(INSTALLATION_PREFIX);
    const target = isOfInstallation ? namedFile(reference, installationFolder()) : path.resolve(path.dirname(file), reference);
    if (existing(target, place).isFile()) files.resolve(reference, file, place);
    return jobsOf(target, true, [...chain, file], place);
  });
  const points = axisPoints(suite.axes ?? {}, places, file);
  if (jobs.length * points.length > MAX_JOBS)
    throw new InputError({ file, path: 'axes', message: `${jobs.length * points.length} runs`, expected: `at most ${MAX_JOBS}` });
  const shared = suite.set ?? {};
  const sharedPlaces = Object.fromEntries(Object.keys(shared).map((name) => [name, places.ofValue(shared, name) ?? { file }]));
  return jobs.flatMap((job) =>
    points.map((point) => ({
      name: runName(job.name, point.set),
      file: job.file,
      set: { ...job.set, ...shared, ...point.set },
      setPlaces: { ...job.setPlaces, ...sharedPlaces, ...point.setPlaces },
    })),
  );
}

type AxisPoint = Pick<SuitePoint, 'set' | 'setPlaces'>;

/** All combinations, the last axis running fastest. */
function axisPoints(axes: Readonly<Record<string, readonly unknown[]>>, places: Places, file: string): AxisPoint[] {
  return Object.entries(axes).reduce<AxisPoint[]>(
    (points, [name, values]) =>
      points.flatMap(({ set, setPlaces }) =>
        values.map((value, index) => ({ set: { ...set, [name]: value }, setPlaces: { ...setPlaces, [name]: places.ofValue(values, index) ?? { file } } })),
      ),
    [{ set: {}, setPlaces: {} }],
  );
}

function nameOf(file: string): string {
  return path.basename(file).replace(/\.(ya?ml|json)$/, '');
}

/** Files of the same name in two folders are distinguished by their folder. */
function nameUniquely(jobs: readonly SuitePoint[]): SuitePoint[] {
  const counts = new Map<string, number>();
  for (const { name } of jobs) counts.set(name, (counts.get(name) ?? 0) + 1);
  return jobs.map((job) => (counts.get(job.name) === 1 ? job : { ...job, name: `${path.basename(path.dirname(job.file))}/${job.name}` }));
}
