import { InputError } from '../errors.js';
import type { ExecutorMachine } from '../schedule/execute/executor.js';
import type { FormatBits } from '../schedule/resolve/places.js';
import type { OperationUnit } from '../schedule/resolve/operation.js';
import { nearestName } from '../document/nearest.js';
import { validated } from '../document/validate.js';
import type { Machine } from '../machine/machine.js';
import { NamedUnit } from './named-unit.js';

/** The machine as the executor sees it: units and memories by path, sizes of formats. */
export function executorMachine(machine: Machine, formatBits: (format: string) => FormatBits | undefined): ExecutorMachine {
  const units = new Map<string, OperationUnit>();
  const capacities = new Map<number, number>();
  const memories: string[] = [];
  for (const block of machine.blocks) {
    if (block.model.unit !== undefined) units.set(block.path, new NamedUnit(block.model.unit, block));
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
    checkParameters: parameterCheck(machine),
    capacityBytes: (memory) => capacities.get(memory) ?? 0,
    bitsPerElement: (format, where) => {
      const bits = formatBits(format);
      if (bits === undefined) throw new InputError({ path: where, message: `unknown number format '${format}'` });
      return bits;
    },
  };
}

/** Parameters of operations against the schemas that the executing blocks declare; a value that many operations share is looked at once. */
function parameterCheck(machine: Machine): NonNullable<ExecutorMachine['checkParameters']> {
  const known = new Map<string, WeakSet<object>>();
  return (path, { kind, with: parameters }, where) => {
    if (parameters === undefined || known.get(path)?.has(parameters) === true) return;
    const { plugin } = machine.built(path);
    const schema = Object.hasOwn(plugin.operationSchemas ?? {}, kind) ? plugin.operationSchemas?.[kind] : undefined;
    if (schema === undefined) {
      throw new InputError({ path: `${where}.with`, message: `${path} (${plugin.name}) takes no parameters for a ${kind} operation`, expected: 'no `with`' });
    }
    validated(schema, structuredClone(parameters), { path: `${where}.with`, owner: `parameters of a ${kind} operation of '${plugin.name}'` });
    known.set(path, (known.get(path) ?? new WeakSet()).add(parameters));
  };
}

function suggestion(name: string, names: readonly string[]): { expected: string; nearest?: string } {
  const nearest = nearestName(name, names);
  return { expected: names.join(', '), ...(nearest === undefined ? {} : { nearest }) };
}
