import { InputError } from 'tessera-sim';
import type { GraphState } from './graph-state.js';
import type { TensorMessage } from './messages.js';

/** Data of one tensor in a file beside the model, which holds them. */
export interface ExternalData {
  read(): Uint8Array | undefined;
}

/**
 * Holds what a tensor says of its external data (file, offset, length) against its shape and the file: also of large tensors,
 * whose data are never read. Undefined when the file is not there: weights that were left behind. InputError for all else.
 *
 * @param wanted bytes that type and shape ask for
 */
export function checkedExternal(tensor: TensorMessage, wanted: number, state: GraphState): ExternalData | undefined {
  const entry = (key: string): string | undefined => tensor.externalData.find((candidate) => candidate.key === key)?.value;
  const place = `tensor '${tensor.name ?? ''}'`;
  const fail = (message: string, expected: string): InputError => state.error(place, message, expected);
  const location = entry('location');
  if (location === undefined) throw fail('its data are external, and no file is named', "an entry 'location' of external_data");
  const count = (key: string, otherwise: number): number => {
    const text = entry(key);
    if (text === undefined) return otherwise;
    if (!/^\d{1,16}$/.test(text) || !Number.isSafeInteger(Number(text)))
      throw fail(`the ${key} of its external data is '${text.slice(0, 40)}'`, 'a whole number from 0');
    return Number(text);
  };
  const bytes = (at: number, many: number): Uint8Array | undefined => {
    try {
      return state.source.readSibling(location, { offset: at, length: many });
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      throw new InputError(error.problems.map((problem) => ({ ...problem, path: place })));
    }
  };
  if (bytes(0, 0) === undefined) {
    state.notes.add(`the file '${location}' of external data is not there: what it holds is not known`);
    return undefined;
  }
  const offset = count('offset', 0);
  const length = count('length', wanted);
  if (length !== wanted) throw fail(`its external data are said to be ${length} bytes long`, `${wanted} bytes, as its type and shape say`);
  if (!holds(() => bytes(offset + length, 0)))
    throw fail(`its external data are bytes ${offset} to ${offset + length} of '${location}', which ends before`, 'data as long as type and shape say');
  return { read: () => bytes(offset, length) };
}

/** A range is asked for without reading it. */
function holds(ask: () => unknown): boolean {
  try {
    return ask() !== undefined;
  } catch (error) {
    if (error instanceof InputError) return false;
    throw error;
  }
}
