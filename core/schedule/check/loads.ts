import type { StateExchange } from '../../kernel/state.js';
import type { ScheduleOperation } from '../form/form.js';
import { sourceOf } from '../form/source.js';
import type { Places, TensorState } from '../resolve/places.js';
import type { ViolationLog } from './violations.js';

/** What is loaded for a layer, its tiles compute with: where none does, they have something else. */
export class Loads {
  /** Where the first load of a tensor for a layer is written, by tensor. */
  private readonly sources = new Map<string, string>();

  note({ name }: TensorState, form: ScheduleOperation): void {
    const source = sourceOf(form);
    if (source !== undefined) this.sources.set(name, source);
  }

  state(s: StateExchange): void {
    const told = JSON.parse(s.text(JSON.stringify([...this.sources]))) as [string, string][];
    if (s.loading) for (const [tensor, source] of told) this.sources.set(tensor, source);
  }

  /** Call at the end of the schedule. */
  finish(places: Places, log: ViolationLog): void {
    for (const { name, form, isRead, loadedBy, loadedFor } of places.tensors.values()) {
      // Inputs may lie in the padding of all tiles; weights never do.
      if (loadedBy < 0 || isRead || form.role !== 'constant') continue;
      const source = this.sources.get(name);
      log.report({
        rule: 'operand-mismatch',
        message: `operation ${loadedBy} loads '${name}' for layer '${loadedFor}', and nothing computes with it`,
        advice: `let the tiles of layer '${loadedFor}' read '${name}', or do not load it`,
        operations: [loadedBy],
        tensor: name,
        layer: loadedFor,
        ...(source === undefined ? {} : { source }),
      });
    }
  }
}
