import type { MilestoneDeclaration } from 'tessera-sim';

/** What ended a wait; numbered in this order. */
export const CACHE_MILESTONES: Readonly<Record<string, MilestoneDeclaration>> = {
  data: { cause: 'data', description: 'A line came for which a burst waited; the wait is counted from the request leaving for the memory' },
  room: { cause: 'room', description: 'There was a register, a place in the set or a write buffer for the line of a burst' },
  link: { cause: 'link', description: 'A request to the memory could leave' },
  port: { cause: 'port', description: 'A response could leave' },
};
export const DATA = 0;
export const ROOM = 1;
export const LINK = 2;
export const PORT = 3;
