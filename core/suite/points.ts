import { lstatSync, readdirSync, realpathSync, type Stats } from 'node:fs';
import path from 'node:path';
import { InputError, type InputProblem } from '../errors.js';
import type { SuitePoint } from '../plugin/suite-plugins.js';
import { isPlainObject, Places } from '../document/places.js';
import { validateInPlace } from '../document/validate.js';
import { documentSchema, installationFolder } from '../document/installation.js';
import { runName } from '../result/run-name.js';
import { InputFiles, INSTALLATION_PREFIX, namedFile, statOf } from '../document/input-files.js';
import { parseLocated } from '../document/yaml.js';

export type { SuitePoint } from '../plugin/suite-plugins.js';

interface SuiteDocument {
  readonly scenarios: readonly string[];
  readonly set?: Readonly<Record<string, unknown>>;
  readonly axes?: Axes;
  /** Each of them is one axis: its parameters move together. */
  readonly coupled?: readonly Axes[];
}

/** Values by path. */
type Axes = Readonly<Record<string, readonly unknown[]>>;

const MAX_JOBS = 100_000;
const SCENARIO_ENDINGS = ['.yaml', '.yml', '.json'];

/**
 * The runs of files and folders, in a fixed order: scenario files as they are, suite files written out over their axes,
 * folders searched for both. Files in a folder that are neither (machines, layers) are passed over. What is missing, cannot be read or is
 * malformed is a point that fails with its reason, and the others run; when none can, there still is a table of the reasons. InputError for a
 * target that is not there, and when there is no scenario at all.
 */
export function loadSuite(targets: readonly string[]): SuitePoint[] {
  const jobs = targets.flatMap((target) => {
    const file = namedFile(target, installationFolder());
    existing(file, undefined);
    return orPoint(file, () => jobsOf(file, true, [], undefined));
  });
  if (jobs.length === 0) throw new InputError(targets.map((target) => nothingIn(target)));
  return nameUniquely(jobs);
}

/** A place in a folder has no line. */
function nothingIn(target: string): InputProblem {
  const isFile = statOf(namedFile(target, installationFolder()))?.isFile() === true;
  const place = isFile ? { line: 1, column: 1 } : {};
  return { file: target, ...place, message: 'no scenario found', expected: 'YAML files with `tessera: 1` or `tesseraSuite: 1`' };
}

function jobsOf(target: string, isNamed: boolean, chain: readonly string[], place: object | undefined): SuitePoint[] {
  const found = existing(target, place);
  if (found.isDirectory()) return folderJobs(target, chain, place);
  if (!found.isFile())
    throw new InputError({ file: target, ...place, message: 'this is no regular file', expected: 'a scenario, a suite or a folder of them' });
  const document = parse(target, isNamed);
  if (document === undefined) return [];
  if (document.value['tesseraSuite'] !== undefined) return suiteJobs(target, document, chain);
  if (document.value['tessera'] === undefined && !isNamed) return [];
  return [{ name: nameOf(target), file: target, set: {}, setPlaces: {} }];
}

function folderJobs(folder: string, chain: readonly string[], place: object | undefined): SuitePoint[] {
  const here = realpathSync(folder);
  // A link to a folder above.
  if (chain.includes(here)) return [];
  const entries = readdirSync(folder)
    .sort()
    .filter((name) => !name.startsWith('.') && name !== 'node_modules');
  return entries.flatMap((name) => {
    const file = path.join(folder, name);
    const isFolder = statOf(file)?.isDirectory() === true;
    const isWanted = isFolder || SCENARIO_ENDINGS.includes(path.extname(name));
    return isWanted ? orPoint(file, () => jobsOf(file, false, [...chain, here], place)) : [];
  });
}

/** The jobs, or a point that says why there are none. */
function orPoint(file: string, jobs: () => SuitePoint[]): SuitePoint[] {
  try {
    return jobs();
  } catch (error) {
    const problems =
      error instanceof InputError ? error.problems : [{ file, message: `cannot be read (${(error as NodeJS.ErrnoException).code ?? String(error)})` }];
    return [{ name: nameOf(file), file, set: {}, setPlaces: {}, problems }];
  }
}

function existing(target: string, place: object | undefined): Stats {
  const found = statOf(target);
  if (found !== undefined) return found;
  const link = lstatSync(target, { throwIfNoEntry: false });
  throw new InputError({
    file: target,
    ...place,
    message: link === undefined ? `no such file or folder: '${path.basename(target)}'` : `'${path.basename(target)}' is a link to what is not there`,
    expected: 'a scenario, a suite or a folder of them',
  });
}

interface Parsed {
  readonly value: Record<string, unknown>;
  readonly places: Places;
}

/** A file that somebody named must parse; one that was only found is passed over when it is no YAML mapping. */
function parse(file: string, isNamed: boolean): Parsed | undefined {
  const places = new Places();
  let text = '';
  try {
    text = new InputFiles(file).readText(file);
    const { value } = parseLocated(text, file, places);
    return isPlainObject(value) ? { value, places } : undefined;
  } catch (error) {
    // A scenario with a syntax error is a run that fails, not a suite that cannot start; see runSuite.
    if (isNamed || !(error instanceof InputError) || text === '' || SAYS_SCENARIO.test(text)) return { value: { tessera: 1 }, places };
    return undefined;
  }
}

/** A text that does not parse may be of another tool; one that says so is meant to be a scenario or a suite. */
const SAYS_SCENARIO = /^\s*["']?tessera(Suite)?["']?\s*:/m;

function suiteJobs(file: string, { value, places }: Parsed, chain: readonly string[]): SuitePoint[] {
  const problems = validateInPlace(documentSchema('suite'), value, { places, owner: 'suite schema' });
  if (problems.length > 0) throw new InputError(problems);
  if (chain.includes(file)) {
    const here = places.ofValue(value, 'scenarios') ?? { file };
    throw new InputError({ ...here, path: 'scenarios', message: 'this suite contains itself', expected: 'a suite without a cycle' });
  }
  const suite = value as unknown as SuiteDocument;
  const files = new InputFiles(file, { installation: installationFolder() });
  const jobs = suite.scenarios.flatMap((reference, index) => {
    const place = { ...places.ofValue(suite.scenarios, index), path: `scenarios.${index}` };
    const isOfInstallation = reference.startsWith(INSTALLATION_PREFIX);
    const target = isOfInstallation ? namedFile(reference, installationFolder()) : path.resolve(path.dirname(file), reference);
    return orPoint(target, () => {
      if (existing(target, place).isFile()) files.resolve(reference, file, place);
      return jobsOf(target, true, [...chain, file], place);
    });
  });
  const single = singleAxes(suite.axes ?? {}, places, file);
  const axes = [...single, ...(suite.coupled ?? []).map((lists, index) => coupledAxis(lists, index, places, file))];
  const count = axes.reduce((product, axis) => product * axis.length, jobs.length);
  if (count > MAX_JOBS) throw new InputError({ ...places.ofKey(value, 'axes'), file, path: 'axes', message: `${count} runs`, expected: `at most ${MAX_JOBS}` });
  const points = combined(axes);
  const shared = suite.set ?? {};
  const sharedPlaces = Object.fromEntries(Object.keys(shared).map((name) => [name, places.ofValue(shared, name) ?? { file }]));
  return jobs.flatMap((job) =>
    points.map((point) => ({
      name: runName(job.name, point.set),
      file: job.file,
      set: { ...job.set, ...shared, ...point.set },
      setPlaces: { ...job.setPlaces, ...sharedPlaces, ...point.setPlaces },
      ...(job.problems === undefined ? {} : { problems: job.problems }),
    })),
  );
}

type AxisPoint = Pick<SuitePoint, 'set' | 'setPlaces'>;

/** All combinations, the last axis running fastest. */
function combined(axes: readonly (readonly AxisPoint[])[]): AxisPoint[] {
  return axes.reduce<AxisPoint[]>(
    (points, axis) =>
      points.flatMap((point) => axis.map(({ set, setPlaces }) => ({ set: { ...point.set, ...set }, setPlaces: { ...point.setPlaces, ...setPlaces } }))),
    [{ set: {}, setPlaces: {} }],
  );
}

function singleAxes(axes: Axes, places: Places, file: string): AxisPoint[][] {
  return Object.entries(axes).map(([name, values]) => values.map((_, index) => coordinate({ [name]: values }, index, places, file)));
}

/** One axis of several parameters. Throws InputError when their lists differ in length. */
function coupledAxis(axes: Axes, axis: number, places: Places, file: string): AxisPoint[] {
  const [[first, values] = ['', []], ...others] = Object.entries(axes);
  const odd = others.find(([, list]) => list.length !== values.length);
  if (odd !== undefined) {
    throw new InputError({
      ...(places.ofKey(axes, odd[0]) ?? { file }),
      path: `coupled.${axis}.${odd[0]}`,
      message: `${odd[1].length} values beside ${values.length} of '${first}', which moves together with it`,
      expected: `${values.length} values`,
    });
  }
  return values.map((_, index) => coordinate(axes, index, places, file));
}

function coordinate(axes: Axes, index: number, places: Places, file: string): AxisPoint {
  const entries = Object.entries(axes);
  return {
    set: Object.fromEntries(entries.map(([name, values]) => [name, values[index]])),
    setPlaces: Object.fromEntries(entries.map(([name, values]) => [name, places.ofValue(values, index) ?? { file }])),
  };
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
