import { M } from './assembly/parameters.js';
import type { NetworkMemory } from './network-memory.js';

/** Why flits waited, in cycles summed over virtual channels. */
export interface StallCounts {
  readonly noVc: number;
  readonly noCredit: number;
  readonly lostSwitch: number;
}

export function stallCounts({ doubles }: NetworkMemory): StallCounts {
  return { noVc: doubles[M.NO_VC]!, noCredit: doubles[M.NO_CREDIT]!, lostSwitch: doubles[M.LOST_SWITCH]! };
}
