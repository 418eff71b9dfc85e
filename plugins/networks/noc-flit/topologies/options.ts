import { InputError } from '../../../../core/index.js';
import type { TopologyOptions } from '../api.js';

/** A whole number from the options of a topology. */
export function wholeOption(options: TopologyOptions, topology: string, name: string, least: number, fallback?: number): number {
  const value = options[name] ?? fallback;
  if (typeof value !== 'number' || !Number.isInteger(value) || value < least) {
    throw new InputError({ path: name, message: `topology ${topology} needs ${name}, got ${JSON.stringify(value)}`, expected: `a whole number of at least ${least}` });
  }
  return value;
}

/** False only when the option is written as false or 0. */
export function switchOption(options: TopologyOptions, name: string, fallback: boolean): boolean {
  const value = options[name];
  if (value === undefined) return fallback;
  return value !== false && value !== 0;
}
