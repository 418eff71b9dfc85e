import { InputError } from '../errors.js';
import type { ExecutorMachine } from '../schedule/execute/executor.js';
import type { FormatBits } from '../schedule/resolve/places.js';
import type { OperationUnit } from '../schedule/resolve/operation.js';
import { nearestName } from '../document/nearest.js';
import type { Machine } from '../machine/machine.js';

/** The machine as the executor sees it: units and memories by path, sizes of formats. */
export function executorMachine(machine: Machine, formatBits: (format: string) => FormatBits | undefined): ExecutorMachine {
  const units = new Map<string, OperationUnit>();
  const capacities = new Map<number, number>();
  const memories: string[] = [];
  for (const block of machine.blocks) {
    if (block.model.unit !== undefined) units.set(block.path, block.model.unit);
    const { facts } = block.description;
    if (facts.kind !== 'memory' && facts.kind !== 'pim') continue;
    capacities.set(block.id, facts.capacityBytes);
    memories.push(block.path);
  }
  return {
    unit: (path) => units.get(path),
    unitPaths: [...units.keys()],
    memoryId: (path, where) => {
      if (memories.includes(path)) return machine.directory.idOf(path);
      throw new InputError({ path: where, message: `no memory '${path}' in machine '${machine.description.name}'`, ...suggestion(path, memories) });
    },
    capacityBytes: (memory) => capacities.get(memory) ?? 0,
    bitsPerElement: (format, where) => {
      const bits = formatBits(format);
      if (bits === undefined) throw new InputError({ path: where, message: `unknown number format '${format}'` });
      return bits;
    },
  };
}

function suggestion(name: string, names: readonly string[]): { expected: string; nearest?: string } {
  const nearest = nearestName(name, names);
  return { expected: names.join(', '), ...(nearest === undefined ? {} : { nearest }) };
}
