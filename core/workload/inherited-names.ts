import { isInheritedName } from '../text/names.js';
import type { Workload } from './layer.js';

/** The first name of a workload that objects inherit, with its place in the workload: importers take names from anybody's files. */
export function inheritedNameIn({ tensors, layers }: Pick<Workload, 'tensors' | 'layers'>): { readonly name: string; readonly path: string } | undefined {
  for (const [name, { dims }] of Object.entries(tensors)) {
    const found = [name, ...Object.keys(dims)].find(isInheritedName);
    if (found !== undefined) return { name: found, path: 'tensors' };
  }
  for (const [index, { name, loops, operands }] of layers.entries()) {
    const names = [name, ...Object.keys(loops), ...operands.flatMap((operand) => [operand.name, operand.tensor])];
    const found = names.find(isInheritedName);
    if (found !== undefined) return { name: found, path: `layers.${index}` };
  }
  return undefined;
}
