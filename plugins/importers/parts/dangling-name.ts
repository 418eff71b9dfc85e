import type { Workload } from 'tessera-sim';

interface Dangling {
  readonly path: string;
  readonly message: string;
  readonly expected: string;
}

/** The first name in a workload that leads nowhere: a tensor, a loop or a layer. */
export function danglingName({ tensors, layers, inputs, outputs }: Workload): Dangling | undefined {
  const isTensor = (name: string): boolean => Object.hasOwn(tensors, name);
  const named = (path: string, tensor: string): Dangling | undefined =>
    isTensor(tensor) ? undefined : { path, message: `no tensor '${tensor}'`, expected: 'one of workload.tensors' };
  for (const [index, { loops, operands, predecessors, id }] of layers.entries()) {
    const path = `workload.layers.${index}`;
    if (id !== index) return { path: `${path}.id`, message: `id ${id}`, expected: `${index}: layers are numbered in their order` };
    const later = predecessors.find((other) => other >= index);
    if (later !== undefined) return { path: `${path}.predecessors`, message: `layer ${later} does not come before`, expected: 'ids of earlier layers' };
    for (const [at, { tensor, map }] of operands.entries()) {
      const found = named(`${path}.operands.${at}.tensor`, tensor);
      if (found !== undefined) return found;
      const loop = map.kind === 'index' ? map.expressions.flatMap(({ terms }) => terms).find((term) => !Object.hasOwn(loops, term.loop)) : undefined;
      if (loop !== undefined)
        return { path: `${path}.operands.${at}.map`, message: `no loop '${loop.loop}' in the layer`, expected: Object.keys(loops).join(', ') };
    }
  }
  for (const [key, list] of [
    ['inputs', inputs],
    ['outputs', outputs],
  ] as const) {
    const at = list.findIndex((name) => !isTensor(name));
    if (at >= 0) return named(`workload.${key}.${at}`, list[at]!);
  }
  return undefined;
}
