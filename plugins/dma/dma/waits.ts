import type { BlockContext, WaitFor } from 'tessera-sim';
import type { BurstSlot } from './descriptor.js';

/** What the bursts in an engine's buffers wait for, for the deadlock report. */
export function waitsOf(slots: readonly BurstSlot[], { path, kernel, blocks }: Pick<BlockContext<unknown, string>, 'path' | 'kernel' | 'blocks'>): WaitFor[] {
  const waits: WaitFor[] = [];
  const add = (memory: number, what: string): void => void waits.push({ who: path, whom: blocks.pathOf(memory), what, sinceTick: kernel.now });
  for (const slot of slots) {
    const operation = slot.descriptor?.operation;
    const destination = slot.destinations[slot.writesAcknowledged];
    if (operation === undefined || destination === undefined) continue;
    if (slot.writesSent > 0) add(destination.memory, `a write of operation ${operation.id} to be acknowledged`);
    else add(operation.reads[0]?.memory ?? 0, `data or room for operation ${operation.id}`);
  }
  return waits;
}
