import type { ComputeUnit } from '../model/machine-facts.js';
import { formatCount } from '../text/index.js';
import type { SlowerCause } from './slower-causes.js';

/** One of the blocks that compute, in words. */
export const UNIT_WORDS: Readonly<Record<ComputeUnit, string>> = { array: 'array', vector: 'vector unit', pim: 'computing memory' };

/** Why the slower of two runs is slower, in a sentence with the figures that say so. */
export function causeText(cause: SlowerCause): string {
  switch (cause.kind) {
    case 'plan':
      return `The schedules differ: ${formatCount(cause.slowerOperations)} operations instead of ${formatCount(cause.fasterOperations)}.`;
    case 'layout':
      return 'The same operations read and write other addresses: other banks and rows meet.';
    case 'order':
      return 'The same operations began in another order: where one is quicker, others go before those that should not have waited.';
    case 'work':
      return `The average ${UNIT_WORDS[cause.unit]} computes for ${formatCount(cause.slowerCycles)} cycles instead of ${formatCount(cause.fasterCycles)}: the same work fills it less well, or its folds overlap less.`;
    case 'mechanism':
      return `${cause.plugin}: ${cause.statistic} ${formatCount(cause.slower)} ${cause.unit} instead of ${formatCount(cause.faster)}: ${cause.why}.`;
  }
}
