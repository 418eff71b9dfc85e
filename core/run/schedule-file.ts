import { readFileSync } from 'node:fs';
import { parse as parseYaml } from 'yaml';
import { InputError, type InputProblem } from '../errors.js';
import { compileSchema, validateInPlace } from '../document/validate.js';
import { Places } from '../document/places.js';
import type { Schedule, ScheduleHeader, ScheduleLayer, ScheduleOperand, ScheduleOperation } from '../schedule/form/form.js';
import { countOperations, expandItems, type ScheduleItem } from '../schedule/form/repeat.js';
import { tagSources } from '../schedule/form/source.js';
import { parseIndex } from '../workload/index-text.js';
import { parseLocated } from '../document/yaml.js';
import { documentSchema } from '../document/installation.js';
import { mappingProblems } from './check-mappings.js';

interface ScheduleDocument extends ScheduleHeader {
  readonly operations: readonly ScheduleItem[];
}

/** Reads a schedule in Tessera's own form: JSON, YAML, or NDJSON (the header on the first line, an item on each other). */
export function readScheduleFile(file: string): Schedule {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new InputError({ file, message: `cannot read the schedule (${(error as NodeJS.ErrnoException).code ?? 'unreadable'})` });
  }
  return parseSchedule(text, file);
}

/** Parses and checks the text of a schedule file; the ending says which form it has. */
export function parseSchedule(text: string, file: string): Schedule {
  const document = file.endsWith('.ndjson') ? parseLines(text, file) : parseDocument(text, file);
  const validate = compileSchema(documentSchema('schedule'));
  if (!validate(document)) throw new InputError(scheduleProblems(document, text, file).slice(0, 20));
  const { operations, ...header } = document as ScheduleDocument;
  tagSources(operations);
  const problems = mappingProblems(header, operations);
  if (problems.length > 0) throw new InputError(located(problems, text, file));
  return {
    ...withMaps(header),
    operationCount: countOperations(operations),
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
    return [name, { ...layer, operands: Object.fromEntries(operands) }];
  });
  return { ...header, layers: Object.fromEntries(layers) };
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
  try {
    return file.endsWith('.json') ? JSON.parse(text) : parseYaml(text);
  } catch (error) {
    const message = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
    const place = (error as { linePos?: readonly { line: number; col: number }[] }).linePos?.[0];
    throw new InputError({ file, ...(place === undefined ? {} : { line: place.line, column: place.col }), message: `not a schedule: ${message}` });
  }
}

function parseLines(text: string, file: string): unknown {
  const operations: unknown[] = [];
  let header: Record<string, unknown> | undefined;
  text.split('\n').forEach((content, index) => {
    if (content.trim() === '') return;
    let value: unknown;
    try {
      value = JSON.parse(content);
    } catch (error) {
      throw new InputError({ file, line: index + 1, message: `not JSON: ${error instanceof Error ? error.message : String(error)}` });
    }
    if (header === undefined) header = value as Record<string, unknown>;
    else operations.push(value);
  });
  return { ...header, operations };
}

/** Checks again, slower, with the place of each value in the file. */
function scheduleProblems(document: unknown, text: string, file: string): InputProblem[] {
  const schema = documentSchema('schedule');
  if (!file.endsWith('.ndjson')) {
    const places = new Places();
    return validateInPlace(schema, parseLocated(text, file, places).value, { places, owner: 'schedule schema' });
  }
  return validateInPlace(schema, document).map((problem) => ({ ...problem, file, line: lineOfItem(problem.path ?? '') }));
}

/** Gives problems that were found by path the lines where they stand. */
function located(problems: readonly InputProblem[], text: string, file: string): InputProblem[] {
  if (file.endsWith('.ndjson')) return problems.map((problem) => ({ ...problem, file, line: lineOfItem(problem.path ?? '') }));
  const places = new Places();
  const root = parseLocated(text, file, places).value;
  return problems.map((problem) => ({ file, ...places.along(root, (problem.path ?? '').split('.')), ...problem }));
}

/** The header of an NDJSON schedule is its first line, items start on the second. */
function lineOfItem(path: string): number {
  const match = /^operations\.(\d+)/.exec(path);
  return match === null ? 1 : Number(match[1]) + 2;
}
