import type { Layer, Workload } from '../../workload/layer.js';

/** The tensor of a workload that a tensor of the schedule is: of an output, the one at the end of the chain that was folded into its layer. */
export type FoldedTensor = (output: string, tensor: string) => string;

/** What nobody adds to: it may be part of the layer before it. A second activation would have to come from somewhere. */
export function mayFold({ class: kind, operands }: Layer): boolean {
  return kind !== 'mac' && (kind !== 'vector' || operands.filter(({ role }) => role === 'activation').length < 2);
}

/** Layers that are not in the schedule may be part of the one before them: then that makes their results. @param present layers that are */
export function foldedTensors(workload: Workload, present: ReadonlySet<string>): FoldedTensor {
  const next = new Map<string, string[]>();
  for (const layer of workload.layers) {
    if (present.has(layer.name) || !mayFold(layer)) continue;
    const { operands } = layer;
    const outputs = operands.flatMap(({ role, tensor }) => (role === 'output' ? [tensor] : []));
    for (const { role, tensor } of operands) if (role === 'activation') next.set(tensor, [...(next.get(tensor) ?? []), ...outputs]);
  }
  return (output, tensor) => {
    const reached = new Set([output]);
    for (const one of reached) for (const other of next.get(one) ?? []) reached.add(other);
    return reached.has(tensor) ? tensor : output;
  };
}
