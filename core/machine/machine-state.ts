import { ModelError } from '../errors.js';
import { StateExchange, type StateOrigin, type StateOwners } from '../kernel/state.js';
import { StateReader, StateWriter, type SavedState } from '../kernel/state-stream.js';
import type { Machine } from './machine.js';

/** What else belongs to a simulation and refers to its machine: a schedule's executor. */
export interface StatefulPart {
  readonly name: string;
  state(s: StateExchange): void;
  operation?(id: number): unknown;
}

/** Why a machine cannot be saved: the blocks that say so; empty when it can. */
export function unsavedBlocks(machine: Machine): readonly { readonly path: string; readonly reason: string }[] {
  return machine.blocks.flatMap(({ path, plugin, model }) => {
    if (model.state !== undefined) return [];
    return [{ path, reason: plugin.stateLimits?.unsaved ?? `plugin '${plugin.name}' does not save its state` }];
  });
}

/**
 * Everything that the future of a simulation depends on, and its totals so far. ModelError when a block cannot be saved.
 *
 * @param parts saved and loaded before the blocks, which may refer to what they own
 */
export function saveMachine(machine: Machine, origin: StateOrigin, parts: readonly StatefulPart[] = []): SavedState {
  const unsaved = unsavedBlocks(machine)[0];
  if (unsaved !== undefined) throw new ModelError(`the state cannot be saved: ${unsaved.reason}`, unsaved.path);
  const writer = new StateWriter();
  exchange(machine, writer, origin, parts);
  return writer.finish();
}

/** Loads into a machine that was built alike and has started. It goes on at the tick of the origin. */
export function loadMachine(machine: Machine, saved: SavedState, origin: StateOrigin, parts: readonly StatefulPart[] = []): void {
  const reader = new StateReader(saved);
  exchange(machine, reader, origin, parts);
  reader.finish();
}

function exchange(machine: Machine, stream: StateReader | StateWriter, origin: StateOrigin, parts: readonly StatefulPart[]): void {
  const s = new StateExchange(stream, origin, ownersOf(machine, parts));
  stream.section('kernel');
  machine.kernel.state(s);
  stream.section('transactions');
  machine.transactions.state(s);
  for (const part of parts) {
    stream.section(part.name);
    part.state(s);
  }
  for (const link of machine.links) {
    stream.section(link.path);
    link.state(s);
    link.counters(s);
  }
  for (const block of machine.blocks) {
    stream.section(block.path);
    block.exchange(s);
  }
}

function ownersOf(machine: Machine, parts: readonly StatefulPart[]): StateOwners {
  return {
    transaction: (id) => machine.transactions.at(id),
    operation: (id) => {
      for (const part of parts) {
        const found = part.operation?.(id);
        if (found !== undefined) return found;
      }
      throw new ModelError(`a state speaks of operation ${id}, which is not under way`);
    },
  };
}
