import type { Layer, Workload } from '../../workload/layer.js';
import type { ScheduleHeader } from '../form/form.js';
import { mayFold } from './folded.js';
import type { TensorOfOperand } from './tensor-of-operand.js';

/**
 * Layers of a workload whose results nobody makes. Products must be computed as what they are. What follows them may be folded into another
 * layer, and then a later result of the same chain is one that the schedule speaks of.
 *
 * @param present declared by the schedule, or computed by an operation
 */
export function missingLayers(
  workload: Workload,
  header: ScheduleHeader,
  present: ReadonlySet<string>,
  tensorOf: TensorOfOperand,
  isUsed: (tensor: string) => boolean,
): string[] {
  const spoken = spokenTensors(workload, header, present, tensorOf, isUsed);
  const readers = new Map<string, Layer[]>();
  for (const layer of workload.layers)
    for (const { tensor, role } of layer.operands) if (role !== 'output') readers.set(tensor, [...(readers.get(tensor) ?? []), layer]);
  const found = new Set<string>();
  const folded = new Set<string>();
  // Producers come first: their readers are known when they are looked at from the end.
  for (const layer of workload.layers.toReversed()) {
    if (present.has(layer.name)) continue;
    const outputs = layer.operands.filter(({ role }) => role === 'output');
    const isFolded = outputs.some(({ tensor }) => spoken.has(tensor) || readers.get(tensor)?.some(({ name }) => folded.has(name)) === true);
    if (isFolded && mayFold(layer)) folded.add(layer.name);
    // Of what only moves or renames data, or is read by none, another layer misses its input.
    else if (layer.class === 'mac' || (layer.class === 'vector' && outputs.length > 0)) found.add(layer.name);
  }
  return workload.layers.map(({ name }) => name).filter((name) => found.has(name));
}

/** Tensors of the workload that the schedule knows: by their names, where operations use them, or as operands of its layers. */
function spokenTensors(
  workload: Workload,
  header: ScheduleHeader,
  present: ReadonlySet<string>,
  tensorOf: TensorOfOperand,
  isUsed: (tensor: string) => boolean,
): ReadonlySet<string> {
  const spoken = new Set(Object.keys(header.tensors).filter(isUsed));
  for (const { name, operands } of workload.layers) {
    if (!present.has(name)) continue;
    for (const operand of operands) {
      const isStated = Object.keys(header.layers?.[name]?.operands ?? {}).length > 0;
      // Of an operand that nothing is known of, nothing is missing.
      if (tensorOf(name, operand.name) !== undefined || !isStated) spoken.add(operand.tensor);
    }
  }
  return spoken;
}
