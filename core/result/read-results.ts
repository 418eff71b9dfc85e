import { documentSchema } from '../document/installation.js';
import { placedInJson, readJson } from '../document/json.js';
import type { JsonSchema } from '../document/json-schema.js';
import { decodeNonFinite } from '../document/non-finite.js';
import { isPlainObject } from '../document/places.js';
import { validateInPlace } from '../document/validate.js';
import { InputError, type InputProblem } from '../errors.js';
import type { Estimate, Performance } from './performance.js';
import type { RunResult } from './run-result.js';

/** A result or an estimate read back from its JSON document. */
export interface PerformanceDocument {
  /** What to call it in a table. */
  readonly title: string;
  readonly performance: Performance;
  /** Present when the document is a result. */
  readonly result?: RunResult;
}

/** Reads a JSON document written by `tessera run --json` (a result, or a list of them) and checks it against its schema. */
export function readResults(file: string): readonly RunResult[] {
  const value = readJson(file);
  return placedInJson(file, () => checkedResults(value, file));
}

function checkedResults(value: unknown, file: string): readonly RunResult[] {
  const list = Array.isArray(value) ? value : isPlainObject(value) && Array.isArray(value['results']) ? (value['results'] as unknown[]) : [value];
  if (list.length === 0)
    throw new InputError({ file, line: 1, column: 1, message: 'there is no result in it', expected: 'one result document or a list of them' });
  return list.map((entry, index) => checkedResult(entry, file, list.length > 1 ? String(index) : ''));
}

/** Reads a result document of a schedule, or an estimate. */
export function readPerformance(file: string): PerformanceDocument {
  const value = readJson(file);
  return placedInJson(file, () => performanceIn(value, file));
}

function performanceIn(value: unknown, file: string): PerformanceDocument {
  if (isPlainObject(value) && value['tesseraResult'] !== undefined) {
    const result = checkedResult(value, file, '');
    if (result.kind === 'experiment') {
      throw new InputError({
        file,
        path: 'kind',
        message: `this is the result of an experiment (${result.experiment}), which has no layers`,
        expected: 'the result of a schedule, or an estimate',
      });
    }
    return { title: result.name, performance: result.simulation, result };
  }
  return estimateDocument(value, file);
}

const SHAPES: ReadonlyMap<unknown, string> = new Map([
  ['schedule', 'scheduleResult'],
  ['experiment', 'experimentResult'],
]);

function checkedResult(value: unknown, file: string, path: string): RunResult {
  const place = { file, ...(path === '' ? {} : { path }) };
  if (!isPlainObject(value) || value['tesseraResult'] !== 1) {
    throw new InputError({
      ...place,
      message: 'this is no result document',
      expected: 'JSON with `"tesseraResult": 1`, as `tessera run FILE --json` prints it',
    });
  }
  const shape = SHAPES.get(value['kind']);
  if (shape === undefined) {
    throw new InputError({
      ...place,
      message: "the key 'kind' is missing or unknown",
      expected: '`"kind": "schedule"` or `"kind": "experiment"` (results of Tessera before 0.2 have none: run the scenario again)',
    });
  }
  if (hasStacksWithoutRoles(value)) {
    throw new InputError({
      ...place,
      path: path === '' ? 'blocks' : `${path}.blocks`,
      message: 'this result is of an earlier version: its stall stacks do not say which classes are work and which are waiting',
      expected: '`stalls` with a role for each class; run the scenario again with this version',
    });
  }
  checkAgainst(definitionOf(shape), value, file, path);
  return value as unknown as RunResult;
}

/** Written before stall classes had roles: what was busy cannot be told from the names. */
function hasStacksWithoutRoles({ blocks }: Readonly<Record<string, unknown>>): boolean {
  return Array.isArray(blocks) && blocks.some((block) => isPlainObject(block) && block['stallCycles'] !== undefined);
}

function estimateDocument(value: unknown, file: string): PerformanceDocument {
  if (!isPlainObject(value) || typeof value['cycles'] === 'undefined' || !Array.isArray(value['layers'])) {
    throw new InputError({
      file,
      message: 'this is neither a result nor an estimate',
      expected: 'JSON with `"tesseraResult": 1`, or with `cycles` and `layers`',
    });
  }
  const complete = { estimator: 'estimate', seconds: 'NaN', notes: [], resources: [], ...value };
  checkAgainst(definitionOf('estimate'), complete, file, '');
  const estimate = complete as unknown as Estimate;
  return { title: estimate.estimator, performance: estimate };
}

/** The value is complete and has its numbers when this returns. */
function checkAgainst(schema: JsonSchema, value: unknown, file: string, path: string): void {
  const problems = validateInPlace(schema, value, { path, owner: 'result schema' });
  if (problems.length > 0) throw new InputError(problems.slice(0, 20).map((problem): InputProblem => ({ ...problem, file })));
  decodeNonFinite(schema, value);
}

const definitions = new Map<string, JsonSchema>();

/** One of the shapes of the result schema as a schema of its own. */
function definitionOf(name: string): JsonSchema {
  let schema = definitions.get(name);
  if (schema === undefined) {
    const { $defs } = documentSchema('result') as { $defs: Record<string, JsonSchema> };
    schema = { ...$defs[name], $defs };
    definitions.set(name, schema);
  }
  return schema;
}
