import type { LoadResult } from './load-run.js';

/** What of the offered traffic a network may leave behind and still count as stable. */
export const ACCEPTED_TOLERANCE = 0.01;

/** Standard deviations of the number of packets under way that are put down to chance. */
const DEVIATIONS = 3;

/** Why a load is beyond saturation, or `none`. */
export type Saturated = 'none' | 'accepted' | 'latency';

/**
 * A load saturates a network
 * - where it accepts less than it is offered (`accepted`): over the measurement fewer packets arrive than are created, by more than
 *   ACCEPTED_TOLERANCE and by more than the number under way varies by chance. That number is about Poisson, with the mean that follows from
 *   rate and latency (Little, 1961), and is taken at two moments;
 * - or where latency exceeds its limit (`latency`), as in BookSim2.
 * What is accepted beyond saturation does not depend on how long it is measured; latency does, which grows as long as the run lasts.
 */
export function saturatedBy({ stable, isMeasured, createdPackets, retiredPackets, tally, windowCycles }: LoadResult): Saturated {
  const underWay = windowCycles > 0 && tally.packets > 0 ? (retiredPackets / windowCycles) * tally.meanLatency : 0;
  const byChance = DEVIATIONS * Math.sqrt(2 * underWay);
  const leftBehind = createdPackets - retiredPackets;
  if (isMeasured && leftBehind > Math.max(ACCEPTED_TOLERANCE * createdPackets, byChance)) return 'accepted';
  return stable ? 'none' : 'latency';
}
