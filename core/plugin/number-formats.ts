import { InputError } from '../errors.js';
import { extensionPoint } from '../model/extension-point.js';
import type { Workload } from '../workload/layer.js';
import { FormatRegistry, type NumberFormat } from '../workload/number-format.js';

/** Number formats beside the standard ones: importers take them, and a workload carries those that it uses. */
export const numberFormats = extensionPoint<NumberFormat>('workload.number-format');

/** The standard formats and those of plugins. InputError for one that makes no sense or means something else already. */
export function formatRegistryWith(registered: readonly NumberFormat[]): FormatRegistry {
  try {
    return new FormatRegistry(registered);
  } catch (error) {
    throw new InputError({ path: numberFormats.name, message: (error as Error).message });
  }
}

/** Those of some formats that a workload's tensors, operands or partial sums have. */
export function usedFormats(formats: readonly NumberFormat[], { tensors, layers }: Pick<Workload, 'tensors' | 'layers'>): NumberFormat[] {
  if (formats.length === 0) return [];
  const operands = layers.flatMap((layer) => layer.operands);
  const used = new Set([
    ...Object.values(tensors).map(({ format }) => format),
    ...operands.flatMap(({ format, partialFormat }) => (partialFormat === undefined ? [format] : [format, partialFormat])),
  ]);
  return formats.filter(({ name }) => used.has(name));
}
