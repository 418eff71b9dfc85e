import type { MilestoneDeclaration } from 'tessera-sim';

/** Numbers of the milestones, in the order of their declaration. */
export const NocWait = { link: 0, order: 1, room: 2, port: 3 } as const;

export const NOC_MILESTONES: Readonly<Record<keyof typeof NocWait, MilestoneDeclaration>> = {
  link: { cause: 'link', description: 'Other packets had left channels, buffers and switches on the way of the packet' },
  order: { cause: 'order', description: 'The packets of its node before it had been sent' },
  room: { cause: 'room', description: 'Its destination had room for the message, and its node less under way than it may have' },
  port: { cause: 'port', description: 'The block at the node had room for the message' },
};
