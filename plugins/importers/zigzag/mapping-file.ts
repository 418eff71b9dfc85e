import { InputError, readDocument, type ImportSource } from 'tessera-sim';
import type { MemoryOperand, SizedLoop, UserSpatial, ZigzagLayer } from 'tessera-sim/zigzag';
import type { ReadLayer } from './layers-file.js';
import { MAPPING_SCHEMA } from './schemas.js';

interface MappingEntry {
  readonly name: string;
  readonly spatial_mapping?: Readonly<Record<string, readonly string[]>>;
  readonly temporal_ordering?: readonly (readonly [unknown, unknown])[];
  readonly memory_operand_links?: Readonly<Record<string, MemoryOperand>>;
}

/** What a mapping file says of one layer. */
export interface LayerMapping {
  readonly layer: ZigzagLayer;
  readonly spatial: UserSpatial | undefined;
  /** Loops in time that are given, innermost first; `*` takes what is left of the loop. */
  readonly ordering: readonly (readonly [loop: string, size: number | '*'])[];
  readonly entry: string;
}

/** Entries by the layer's name, its operator, then `default`. */
export function readMappingFile({ fileName, bytes }: ImportSource): (layer: ReadLayer) => LayerMapping {
  const { value, places } = readDocument<readonly MappingEntry[]>(bytes, fileName, MAPPING_SCHEMA, 'mapping of ZigZag');
  const byName = new Map(value.map((entry) => [entry.name, entry]));
  const fallback = byName.get('default');
  if (fallback === undefined) throw new InputError({ file: fileName, line: 1, message: "there is no entry 'default'", expected: 'one entry with that name' });
  value.forEach((entry, index) =>
    (entry.temporal_ordering ?? []).forEach(([loop, size], place) => {
      if (typeof loop === 'string' && (size === '*' || (Number.isInteger(size) && (size as number) >= 1))) return;
      const path = ['temporal_ordering', String(place)];
      throw new InputError({
        file: fileName,
        ...places.along(value, [String(index), ...path]),
        path: `${index}.${path.join('.')}`,
        message: 'not a loop with its size',
        expected: "e.g. [OX, 4] or [OX, '*']",
      });
    }),
  );
  return ({ layer, operator }) => {
    const entry = byName.get(layer.name) ?? byName.get(operator) ?? fallback;
    const links = entry.memory_operand_links ?? fallback.memory_operand_links ?? {};
    const spatial = entry.spatial_mapping;
    return {
      entry: entry.name,
      layer: { ...layer, operands: layer.operands.map((operand) => ({ ...operand, memoryOperand: links[operand.name] ?? operand.memoryOperand })) },
      spatial:
        spatial === undefined ? undefined : Object.fromEntries(Object.entries(spatial).map(([dimension, loops]) => [dimension, loops.map(unrolledLoop)])),
      ordering: (entry.temporal_ordering ?? []).map(([loop, size]) => [String(loop).toUpperCase(), size === '*' ? '*' : Number(size)] as const),
    };
  };
}

function unrolledLoop(text: string): SizedLoop {
  const [loop, size] = text.split(',');
  return [loop!.trim().toUpperCase(), Number(size)];
}
