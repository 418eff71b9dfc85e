import { readFileSync } from 'node:fs';
import { InputError } from '../errors.js';
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

/** Reads a JSON document written by `tessera run --json` (a result, or a list of them). */
export function readResults(file: string): readonly RunResult[] {
  const value = readJson(file);
  const list = Array.isArray(value) ? value : isRecord(value) && Array.isArray(value['results']) ? (value['results'] as unknown[]) : [value];
  return list.map((entry, index) => {
    if (!isRecord(entry) || entry['tesseraResult'] !== 1) {
      throw new InputError({ file, ...(list.length > 1 ? { path: String(index) } : {}), message: 'this is no result document', expected: 'JSON with `"tesseraResult": 1`, as `tessera run FILE --json` prints it' });
    }
    return entry as unknown as RunResult;
  });
}

/** Reads a result document or an estimate. */
export function readPerformance(file: string): PerformanceDocument {
  const value = readJson(file);
  if (isRecord(value) && value['tesseraResult'] === 1) {
    const result = value as unknown as RunResult;
    return { title: result.scenario, performance: result.simulation, result };
  }
  if (isRecord(value) && typeof value['cycles'] === 'number' && Array.isArray(value['layers'])) {
    const estimate = value as unknown as Estimate;
    return { title: estimate.estimator ?? 'estimate', performance: { ...estimate, resources: estimate.resources ?? [] } };
  }
  throw new InputError({ file, message: 'this is neither a result nor an estimate', expected: 'JSON with `"tesseraResult": 1`, or with `cycles` and `layers`' });
}

export function readJson(file: string): unknown {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    throw new InputError({ file, message: code === 'ENOENT' ? 'no such file' : `cannot be read (${code})`, expected: 'a JSON file' });
  }
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    const place = placeInText(text, (error as Error).message);
    throw new InputError({ file, ...place, message: `not JSON: ${(error as Error).message.replace(/\s+/g, ' ')}`, expected: 'valid JSON' });
  }
}

/** Line and column of the offset that V8's message names; it names none near the start of a file, and at its end. */
function placeInText(text: string, message: string): { line?: number; column?: number } {
  const match = /position (\d+)/.exec(message);
  if (match === null) return message.includes('end of JSON') ? { line: text.split('\n').length, column: 1 } : {};
  const before = text.slice(0, Number(match[1])).split('\n');
  return { line: before.length, column: (before[before.length - 1]?.length ?? 0) + 1 };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
