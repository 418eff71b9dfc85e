import { InputError, type InputProblem } from '../errors.js';
import { compileSchema, validateInPlace } from '../document/validate.js';
import { isPlainObject, Places } from '../document/places.js';
import type { Schedule, ScheduleHeader, ScheduleLayer, ScheduleOperand, ScheduleOperation } from '../schedule/form/form.js';
import { countOperations, expandItems, type ScheduleItem } from '../schedule/form/repeat.js';
import { tagSources } from '../schedule/form/source.js';
import { parseIndex } from '../workload/index-text.js';
import { parseJson, placeInJson, readTextFile } from '../document/json.js';
import { parseLocated } from '../document/yaml.js';
import { documentSchema } from '../document/installation.js';
import { LIMITS } from '../limits.js';
import { bareTable, withoutPrototypes } from '../text/names.js';
import { mappingProblems } from './check-mappings.js';

interface ScheduleDocument extends ScheduleHeader {
  readonly operations: readonly ScheduleItem[];
}

/** Reads a schedule in Tessera's own form: JSON, YAML, or NDJSON (the header on the first line, an item on each other). */
export function readScheduleFile(file: string): Schedule {
  return parseSchedule(readTextFile(file, 'a schedule: JSON, YAML or NDJSON'), file);
}

/** Parses and checks the text of a schedule file; the ending says which form it has. */
export function parseSchedule(text: string, file: string): Schedule {
  const document = formOf(file) === 'ndjson' ? parseLines(text, file) : parseDocument(text, file);
  const validate = compileSchema(documentSchema('schedule'));
  if (!validate(document)) throw new InputError(scheduleProblems(document, text, file).slice(0, 20));
  const { operations, ...written } = document as ScheduleDocument;
  // Operations name what is in these tables; a name that is not there must not find what objects inherit.
  const header = withoutPrototypes(written);
  tagSources(operations);
  const problems = mappingProblems(header, operations);
  if (problems.length > 0) throw new InputError(located(problems, text, file));
  const operationCount = countOperations(operations);
  if (!Number.isSafeInteger(operationCount)) {
    const expected = `at most ${Number.MAX_SAFE_INTEGER}, so that each has a number`;
    throw new InputError(located([{ path: 'operations', message: `its repeats make ${operationCount} operations`, expected }], text, file));
  }
  return {
    ...withMaps(header),
    operationCount,
    operations: { [Symbol.iterator]: (): Iterator<ScheduleOperation> => expandItems(operations) },
  };
}

/** Maps that are written as text, `{ Y: '2*OY + FY - 1' }`, in the form that everybody else knows. */
function withMaps(header: Omit<ScheduleDocument, 'operations'>): ScheduleHeader {
  if (header.layers === undefined) return header;
  const layers = Object.entries(header.layers).map(([name, layer]): [string, ScheduleLayer] => {
    if (layer.operands === undefined) return [name, layer];
    const operands = Object.entries(layer.operands).map(([operand, form]): [string, ScheduleOperand] => [
      operand,
      withMap(form, header.tensors, `layers.${name}.operands.${operand}`),
    ]);
    return [name, { ...layer, operands: Object.assign(bareTable<ScheduleOperand>(), Object.fromEntries(operands)) }];
  });
  return { ...header, layers: Object.assign(bareTable<ScheduleLayer>(), Object.fromEntries(layers)) };
}

function withMap(
  operand: ScheduleOperand & { readonly index?: Readonly<Record<string, string | number>> },
  tensors: ScheduleHeader['tensors'],
  path: string,
): ScheduleOperand {
  const { index, ...rest } = operand;
  if (index === undefined) return operand;
  const expressions = Object.entries(index).map(([dim, text]) => {
    const expression = parseIndex(dim, text, tensors[operand.tensor]?.dims[dim]);
    if (typeof expression === 'string') throw new InputError({ path: `${path}.index.${dim}`, message: expression });
    return expression;
  });
  return { ...rest, map: { kind: 'index', expressions } };
}

function parseDocument(text: string, file: string): unknown {
  return formOf(file) === 'json' ? parseJson(text, file) : parsedYaml(text, file, new Places());
}

/** The text bounds how many values there are; what aliases repeat counts too. */
function parsedYaml(text: string, file: string, places: Places): unknown {
  return parseLocated(text, file, places, { values: LIMITS.yamlMarks }).value;
}

function parseLines(text: string, file: string): unknown {
  const operations: unknown[] = [];
  let header: object | undefined;
  let line = 1;
  for (let start = 0; start <= text.length; line++) {
    const end = text.indexOf('\n', start);
    const content = text.slice(start, end < 0 ? undefined : end);
    start = end < 0 ? text.length + 1 : end + 1;
    if (content.trim() === '') continue;
    const value = parseJson(content, file, line);
    if (header !== undefined) operations.push(value);
    else if (isPlainObject(value)) header = value;
    else throw new InputError({ file, line, message: 'the first line holds no mapping', expected: 'the header of the schedule: name, tensors, buffers' });
  }
  return { ...header, operations };
}

/** Checks again, slower, with the place of each value in the file. */
function scheduleProblems(document: unknown, text: string, file: string): InputProblem[] {
  const schema = documentSchema('schedule');
  if (formOf(file) !== 'yaml') return located(validateInPlace(schema, document, { owner: 'schedule schema' }), text, file);
  const places = new Places();
  return validateInPlace(schema, parsedYaml(text, file, places), { places, owner: 'schedule schema' });
}

/** Gives problems that were found by path the lines where they stand. */
function located(problems: readonly InputProblem[], text: string, file: string): InputProblem[] {
  if (formOf(file) === 'ndjson') return problems.map((problem) => ({ ...problem, file, line: lineOfItem(problem.path ?? '') }));
  if (formOf(file) === 'json') return problems.slice(0, 20).map((problem) => ({ ...problem, ...placeInJson(text, file, problem.path ?? '') }));
  const places = new Places();
  const root = parsedYaml(text, file, places);
  return problems.map((problem) => ({ file, ...places.along(root, (problem.path ?? '').split('.')), ...problem }));
}

function formOf(file: string): 'ndjson' | 'json' | 'yaml' {
  return file.endsWith('.ndjson') ? 'ndjson' : file.endsWith('.json') ? 'json' : 'yaml';
}

/** The header of an NDJSON schedule is its first line, items start on the second. */
function lineOfItem(path: string): number {
  const match = /^operations\.(\d+)/.exec(path);
  return match === null ? 1 : Number(match[1]) + 2;
}
