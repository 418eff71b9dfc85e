import { InputError } from '../core/errors.js';
import { readQuantity } from '../core/document/units.js';

/** Reads `8%` or `0.08` as a fraction. */
export function readTolerance(text: string): number {
  const reading = readQuantity(text, 'fraction');
  if ('value' in reading && reading.value >= 0 && Number.isFinite(reading.value)) return reading.value;
  throw new InputError({ file: 'command line', path: '--tolerance', message: `'${text}' is no tolerance`, expected: 'a share such as 8% or 0.08' });
}
