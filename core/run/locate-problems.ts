import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { InputError, type InputProblem, type SourcePlace } from '../errors.js';
import { displayPath } from '../document/versions.js';
import { isPlainObject, Places } from '../document/places.js';
import { parseLocated } from '../document/yaml.js';
import type { LoadedScenario, ScheduleSource } from '../scenario/loaded-scenario.js';

/** A larger schedule came from a program, where a line number helps nobody. */
const MAX_LOCATED_BYTES = 32 * 1024 * 1024;

/**
 * Mappers, importers and the executor see no files: what they report gets its place here, the block's, the schedule's or
 * that of the tool that failed.
 */
export function locateProblems(error: InputError, scenario: LoadedScenario): InputError {
  const locate = locatorOf(scenario);
  return new InputError(error.problems.map((problem) => locate(problem)));
}

function locatorOf(scenario: LoadedScenario): (problem: InputProblem) => InputProblem {
  const schedule = scenario.schedule?.importer === undefined ? scenario.schedule : undefined;
  const find = schedule === undefined ? undefined : scheduleLocator(schedule);
  return (problem) => {
    if (problem.file === undefined) return { ...placeOf(problem, scenario, find), ...problem };
    return problem.line === undefined ? namedBy(problem, scenario) : problem;
  };
}

const TEXT_FILE = /\.(ya?ml|json|ndjson|csv|txt)$/;

/** A binary file has no lines: the message says which line of the scenario names it. A text file that was read as a binary one has a first line. */
function namedBy(problem: InputProblem, { workload, schedule }: LoadedScenario): InputProblem {
  const source = workload?.form === 'file' ? workload : schedule;
  if (source === undefined || path.basename(problem.file ?? '') !== path.basename(source.file)) return problem;
  const { file, line, column } = source.place;
  const first = TEXT_FILE.test(source.file) ? { line: 1, column: 1 } : {};
  return { ...problem, ...first, file: source.file, message: `${problem.message} (named in ${file}:${line ?? 1}:${column ?? 1})` };
}

function placeOf(problem: InputProblem, scenario: LoadedScenario, find: ((at: string) => SourcePlace | undefined) | undefined): SourcePlace {
  const at = problem.path ?? '';
  const block = scenario.machine?.blocks.find(({ path: blockPath }) => at === blockPath || at.startsWith(`${blockPath}.`));
  if (block !== undefined) return block.place;
  if (/^bind\b/.test(at)) return bindingPlace(at, scenario);
  if (scenario.experiment !== undefined) return experimentPlace(at, scenario) ?? scenario.experiment.place;
  return find?.(at) ?? scenario.schedule?.place ?? scenario.mapper?.place ?? { file: scenario.file, line: 1, column: 1 };
}

/** An experiment names its parameters as they stand under `with`; one that is not there has the place of what should hold it. */
function experimentPlace(at: string, { file }: LoadedScenario): SourcePlace | undefined {
  const places = new Places();
  return places.along(parseOnce(file, places), ['with', ...at.split('.')]);
}

/** A provider that nobody wrote down (`binds: true`) has the place of `bind`, or the scenario's. */
function bindingPlace(at: string, { bindingPlaces, file }: LoadedScenario): SourcePlace {
  return bindingPlaces?.get(at) ?? bindingPlaces?.get('bind') ?? { file, line: 1, column: 1 };
}

/** Finds where operations of a scenario's schedule file are written, by the paths that they carry. */
export function sourceLocator({ schedule }: LoadedScenario): (source: string | undefined) => { file?: string; line?: number } {
  const find = schedule === undefined || schedule.importer !== undefined ? undefined : scheduleLocator(schedule);
  return (source) => {
    const place = source === undefined ? undefined : find?.(source);
    return place === undefined ? {} : { file: displayPath(place.file ?? schedule!.file), ...(place.line === undefined ? {} : { line: place.line }) };
  };
}

/** Finds paths such as `buffers.in.bytes` and `operation 3.queue` in a schedule file. */
function scheduleLocator(source: ScheduleSource): (at: string) => SourcePlace | undefined {
  const places = new Places();
  let root: unknown;
  return (at) => {
    if (source.file.endsWith('.ndjson')) return { file: source.file, line: Number(/^operations?[ [.](\d+)/.exec(at)?.[1] ?? -1) + 2 };
    root ??= parseOnce(source.file, places);
    const keys = at
      .replace(/^operation (\d+)/, 'operations.$1')
      .replace(/\[(\d+)\]/g, '.$1')
      .split('.');
    return places.along(root, /^operation \d/.test(at) && hasRepeat(root) ? ['operations'] : keys);
  };
}

/** Operations written by a `repeat` are numbered when it is expanded: then the number is no place in the file. */
function hasRepeat(root: unknown): boolean {
  const operations = isPlainObject(root) ? root['operations'] : undefined;
  return Array.isArray(operations) && operations.some((item) => isPlainObject(item) && item['repeat'] !== undefined);
}

function parseOnce(file: string, places: Places): unknown {
  if (statSync(file).size > MAX_LOCATED_BYTES) return {};
  try {
    return parseLocated(readFileSync(file, 'utf8'), file, places).value;
  } catch (error) {
    if (error instanceof InputError) return {};
    throw error;
  }
}
