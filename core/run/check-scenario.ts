import path from 'node:path';
import { certificateText } from '../certificate/certificate.js';
import { writeWhole } from '../document/write-whole.js';
import { InputError } from '../errors.js';
import type { StopWatch } from '../plugin/stop-watch.js';
import { ToolContexts } from '../plugin/tool-contexts.js';
import type { LoadResult } from '../scenario/load.js';
import type { ScheduleViolation } from '../schedule/check/violations.js';
import { certify } from './certify.js';
import { ScheduleChecker } from './check.js';
import { scheduleContent } from './dump-schedule.js';
import { locateProblems, sourceLocator } from './locate-problems.js';
import { minimise } from './minimise.js';
import type { PlanCache } from './plan-cache.js';
import { prepare, type PreparedRun } from './prepare.js';
import { toolSettings } from './tool-settings.js';
import { watched } from './watched-schedule.js';

export interface CheckOptions {
  /** Files to write. */
  readonly certificate?: string | undefined;
  readonly minimise?: string | undefined;
  readonly onWarning?: (message: string) => void;
  /** Asked now and then; true ends the check, which then throws RunStopped. */
  readonly shouldStop?: () => boolean;
  /** When the clock of `limits.maxWallSeconds` began, as `performance.now()`. */
  readonly startedAt?: number;
  readonly planCache?: PlanCache | undefined;
  /** Called when all is read and mapped, and the check begins; @param operations undefined when nobody knows */
  readonly onBegin?: (operations: number | undefined) => void;
}

/** A broken rule and where the later operation is written. */
export interface LocatedViolation extends Omit<ScheduleViolation, 'source' | 'tick'> {
  readonly file?: string;
  readonly line?: number;
}

/** What `tessera check` found. */
export interface CheckedScenario {
  readonly scenario: string;
  readonly isLegal: boolean;
  readonly operations: number;
  /** Of the check alone: neither loading nor mapping. */
  readonly cpuSeconds: number;
  readonly violationCount: number;
  /** The first hundred. */
  readonly violations: readonly LocatedViolation[];
  /** What nothing in the schedule or beside it could be held against, in sentences: a legal schedule may do it wrongly. */
  readonly unchecked: readonly string[];
  /** `hazards: checked`: races are not looked at. */
  readonly isRaceOpen: boolean;
  /** What the code that certifies found in a schedule that the sanitizer lets pass. */
  readonly faults: readonly string[];
  /** The files that were written. */
  readonly certificate?: string;
  readonly minimised?: WrittenMinimum;
}

export interface WrittenMinimum {
  readonly file: string;
  readonly operations: number;
  readonly rule: string;
  readonly checks: number;
  /** Fewer operations may do. */
  readonly isCutOff: boolean;
}

/** Checks the schedule of a loaded scenario, and writes what is asked for. InputError, with its place, for what is no schedule. */
export async function checkLoaded(loaded: LoadResult, options: CheckOptions = {}): Promise<CheckedScenario> {
  try {
    return check(loaded, await preparedToCheck(loaded, options), options);
  } catch (error) {
    throw error instanceof InputError ? locateProblems(error, loaded.scenario) : error;
  }
}

/** A schedule whose walks throw RunStopped when the check is to end. */
export interface PreparedCheck extends PreparedRun {
  readonly watch: StopWatch;
}

/** As for a run, but nobody asks for an estimate. */
export async function preparedToCheck({ scenario, registry }: LoadResult, options: CheckOptions): Promise<PreparedCheck> {
  if (scenario.kind !== 'schedule')
    throw new InputError({ file: scenario.file, path: 'kind', message: `'${scenario.kind}' has no schedule to check`, expected: 'kind: schedule' });
  const { onWarning, shouldStop, startedAt } = options;
  const settings = {
    ...(onWarning === undefined ? {} : { onWarning }),
    ...(shouldStop === undefined ? {} : { shouldStop }),
    ...(startedAt === undefined ? {} : { startedAt }),
  };
  const contexts = new ToolContexts(registry, toolSettings(scenario, settings));
  const { estimator: _, estimate: _estimate, ...rest } = scenario;
  const prepared = await prepare(rest, registry, contexts, options.planCache);
  return { ...prepared, schedule: watched(prepared.schedule, contexts.watch), watch: contexts.watch };
}

function check(loaded: LoadResult, prepared: PreparedCheck, options: CheckOptions): CheckedScenario {
  const { scenario } = loaded;
  options.onBegin?.(prepared.schedule.operationCount);
  const before = process.cpuUsage();
  const checker = new ScheduleChecker(prepared, prepared.watch);
  const { operations, violations, violationCount, unchecked } = checker.check(prepared.schedule);
  const { user, system } = process.cpuUsage(before);
  const isLegal = violationCount === 0;
  const locate = sourceLocator(scenario);
  return {
    scenario: scenario.name,
    isLegal,
    operations,
    cpuSeconds: (user + system) / 1e6,
    violationCount,
    violations: violations.map(({ source, tick: _, ...violation }) => ({ ...violation, ...locate(source) })),
    unchecked,
    isRaceOpen: prepared.schedule.hazards === 'checked',
    faults: [],
    ...(isLegal && options.certificate !== undefined ? certified(loaded, prepared, options.certificate) : {}),
    ...(!isLegal && options.minimise !== undefined ? { minimised: minimised(prepared, violations[0]!, checker, options.minimise) } : {}),
  };
}

function certified(loaded: LoadResult, prepared: PreparedRun, file: string): Pick<CheckedScenario, 'faults' | 'certificate'> {
  const { certificate, faults } = certify(loaded, prepared, path.dirname(path.resolve(file)));
  if (faults.length > 0) return { faults };
  writeWhole(file, certificateText(certificate));
  return { faults, certificate: file };
}

function minimised(prepared: PreparedRun, first: ScheduleViolation, checker: ScheduleChecker, file: string): WrittenMinimum {
  const { schedule, operations, violation, checks, isCutOff } = minimise(prepared.schedule, first, checker);
  writeWhole(file, scheduleContent(schedule, file));
  return { file, operations, rule: violation.rule, checks, isCutOff };
}
