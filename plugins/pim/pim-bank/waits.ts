import type { MilestoneDeclaration } from 'tessera-sim';
import { DRAM_MILESTONES } from 'tessera-sim/dram-simple';

const OF_DRAM = Object.keys(DRAM_MILESTONES).length;

/** Those of a DRAM, whose numbers they keep, and those of kernels. */
export const PIM_MILESTONES: Readonly<Record<string, MilestoneDeclaration>> = {
  ...DRAM_MILESTONES,
  unit: { cause: 'unit', description: 'A kernel let an ordinary request in; the wait is counted from the sending' },
  banks: { cause: 'bank', description: 'All banks could be activated for the next row of a kernel; told when the row is booked' },
};
export const PimWait = { unit: OF_DRAM, banks: OF_DRAM + 1 } as const;
