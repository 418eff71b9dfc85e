import type { Expectation } from '../analysis/expectations.js';
import { isPlainObject } from '../document/places.js';
import { readQuantity, unitExamples } from '../document/units.js';
import type { SourcePlace } from '../errors.js';
import type { PluginRegistry } from '../plugin/registry.js';
import type { LoadTools } from './load-tools.js';
import type { LoadedMachine } from './loaded-scenario.js';

/** Metrics of every run on a machine, with their units. */
const RUN_METRICS: Readonly<Record<string, string>> = {
  cycles: 'cycles',
  seconds: 's',
  energyPj: 'pJ',
  estimateError: 'fraction',
  operations: 'operations',
  violations: 'violations',
};

const BOUNDS = ['atMost', 'atLeast', 'equals', 'near'] as const;
type Bound = (typeof BOUNDS)[number];
const BOUND_OF_SIGN: Readonly<Record<string, Bound>> = { '<=': 'atMost', '>=': 'atLeast', '=': 'equals' };

/** What the expectations of a scenario are read with. */
export interface ExpectationContext {
  /** Of a schedule; undefined for an experiment, whose metrics nobody knows before it has run, and for a machine that did not load. */
  readonly machine: LoadedMachine | undefined;
  readonly hasEstimator: boolean;
  readonly registry: PluginRegistry;
  readonly tools: LoadTools;
}

/**
 * The expectations of a scenario, every bound as a number in its metric's unit. A run on a machine has metrics that are known before it
 * starts: a misspelt one would never hold.
 */
export function readExpectations(document: Record<string, unknown>, context: ExpectationContext): Expectation[] {
  const expect = (document['expect'] ?? {}) as Record<string, unknown>;
  const units = context.machine === undefined ? undefined : metricUnits(context.machine, context.registry);
  return Object.keys(expect).flatMap((metric) => readExpectation(expect, metric, units, context) ?? []);
}

function readExpectation(
  expect: Record<string, unknown>,
  metric: string,
  units: ReadonlyMap<string, string> | undefined,
  { machine, hasEstimator, tools }: ExpectationContext,
): Expectation | undefined {
  const path = `expect.${metric}`;
  const place: SourcePlace = { ...(tools.places.ofKey(expect, metric) ?? { file: '' }), path };
  if (units !== undefined && tools.problems.isEmpty) {
    if (!units.has(metric)) {
      tools.problems.unknown(place, path, 'metric', metric, [...units.keys()]);
      return undefined;
    }
    if (metric === 'estimateError' && !hasEstimator) tools.problems.add(place, path, 'there is no estimate to compare with', '`estimator: { use: NAME }`');
  }
  const written = boundsOf(expect[metric]);
  const bounds: { -readonly [bound in Bound | 'within']?: number } = {};
  for (const [key, value] of Object.entries(written)) {
    const at = isPlainObject(expect[metric]) ? (tools.places.ofValue(expect[metric], key) ?? place) : place;
    const number = typeof value === 'number' ? value : quantity(String(value), metric, units?.get(metric), machine);
    if (typeof number === 'string') tools.problems.add(at, isPlainObject(expect[metric]) ? `${path}.${key}` : path, `'${String(value)}' does not fit`, number);
    else bounds[key as Bound] = number;
  }
  if (bounds.near !== undefined && bounds.within === undefined) {
    tools.problems.add(place, path, "'near' stands alone", "'near' with 'within', e.g. `{ near: 1000, within: 2% }`");
  }
  return { metric, ...bounds, place };
}

/** `<= 2 us` as `{ atMost: '2 us' }`, a bare number as `equals`. */
function boundsOf(written: unknown): Readonly<Record<string, unknown>> {
  if (isPlainObject(written)) return written;
  if (typeof written === 'number') return { equals: written };
  const [, sign = '', value = ''] = /^\s*(<=|>=|=)\s*(.*?)\s*$/.exec(String(written)) ?? [];
  const bound = BOUND_OF_SIGN[sign];
  return bound === undefined ? {} : { [bound]: value };
}

/** A number in the metric's unit, or what was expected. Cycles may be told as a time, in which the reference clock counts them. */
function quantity(text: string, metric: string, unit: string | undefined, machine: LoadedMachine | undefined): number | string {
  const reading = readQuantity(text, unit ?? '');
  if ('value' in reading) return reading.value;
  if (unit === undefined) return "a number: an experiment's metrics have their units when it has run (`tessera run` shows them)";
  const hertz = machine?.clocks[machine.referenceClock];
  if (metric === 'cycles' && hertz !== undefined) {
    const seconds = readQuantity(text, 's');
    if ('value' in seconds) return seconds.value * hertz;
  }
  const known = [...unitExamples(unit), ...(metric === 'cycles' ? ['ns', 'us'] : [])];
  return `a number in ${unit}${known.length > 1 ? `, or with a unit: ${known.join(', ')}` : ''}`;
}

/** Units by metric: of every run, and of the statistics of the machine's blocks. */
function metricUnits(machine: LoadedMachine, registry: PluginRegistry): Map<string, string> {
  const units = new Map(Object.entries(RUN_METRICS));
  for (const { path, use } of machine.blocks) {
    for (const [name, { unit }] of Object.entries(registry.findBlock(use)?.statistics ?? {})) units.set(`${path}.${name}`, unit);
    units.set(`${path}.peakBytes`, 'bytes');
  }
  return units;
}
