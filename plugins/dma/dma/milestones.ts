import type { MilestoneDeclaration } from 'tessera-sim';

/** What ended a wait; numbered in this order. */
export const DMA_MILESTONES: Readonly<Record<string, MilestoneDeclaration>> = {
  order: { cause: 'order', description: 'The descriptors before it were set up' },
  room: { cause: 'room', description: 'A buffer was free for the next burst' },
  readPort: { cause: 'port', description: 'A read could leave' },
  data: { cause: 'data', description: 'The answer to a read came' },
  path: { cause: 'bus', description: 'The data path was free for a burst that had come' },
  writePort: { cause: 'port', description: 'A write could leave' },
  acknowledgement: { cause: 'data', description: 'A write was acknowledged' },
};
export const DmaWait = { order: 0, room: 1, readPort: 2, data: 3, path: 4, writePort: 5, acknowledgement: 6 } as const;
