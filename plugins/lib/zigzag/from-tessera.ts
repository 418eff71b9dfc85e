import { formatsOf, InputError, type Layer, type LoopNest, type MachineDescription, type Workload } from 'tessera-sim';
import { FUNCTIONS, type MemoryOperand, type SizedLoop, type ZigzagCore, type ZigzagLayer, type ZigzagMapping, type ZigzagMemory } from './form.js';

/** A layer of a workload in the tool's words. @throws InputError for operands that its model cannot express. */
export function zigzagLayer(workload: Workload, layer: Layer): ZigzagLayer {
  const formats = formatsOf(workload);
  const relations: ZigzagLayer['relations'][number][] = [];
  const precision: Record<string, number> = {};
  const output = layer.operands.find(({ role }) => role === 'output');
  const inputs = layer.operands.filter(({ role }) => role !== 'output');
  if (output === undefined || inputs.length === 0 || inputs.length > 2) throw refused(layer, `${inputs.length} inputs`, 'one output and one or two inputs');
  const operands = [output, ...inputs].map((operand, index) => {
    const dims = (operand.map.kind === 'index' ? operand.map.expressions : fail(layer, operand.name)).flatMap(({ dim, terms }) => {
      const [first, second, third] = terms;
      if (third !== undefined || terms.some(({ divisor }) => divisor !== undefined))
        throw refused(layer, `operand ${operand.name}`, 'indices of at most two loops');
      if (first === undefined) return [];
      if (second === undefined) return [first.loop];
      const name = `${operand.name}_${dim}`;
      relations.push({ dim: name, terms: [first, second].map(({ loop, coefficient }) => ({ loop, factor: Math.abs(coefficient) })) as never });
      return [name];
    });
    precision[operand.name] = formats.get(operand.format).bits;
    const memoryOperand: MemoryOperand = index === 0 ? 'O' : operand.role === 'weight' || index === 2 ? 'I2' : 'I1';
    return { name: operand.name, dims, memoryOperand };
  });
  precision['O_final'] = precision[output.name]!;
  precision['O'] = output.partialFormat === undefined ? precision['O_final'] : formats.get(output.partialFormat).bits;
  const [, one, two] = operands;
  if (two !== undefined && one!.memoryOperand === two.memoryOperand) operands[1] = { ...one!, memoryOperand: 'I1' };
  return { name: layer.name, loops: layer.loops, relations, operands, precision };
}

/** Our machine as the tool sees it: an array, the local memory with a port each way, and the home memory with one for both. */
export function zigzagCoreOf(machine: MachineDescription, array: number): ZigzagCore {
  const memories = machine.blocks.filter(({ facts }) => facts.kind === 'memory');
  const home = memories.find(({ facts }) => facts.kind === 'memory' && facts.isHome);
  const local = memories.filter(({ facts }) => facts.kind === 'memory' && !facts.isHome);
  if (home === undefined || local.length !== 1)
    throw new InputError({
      path: 'machine',
      message: `the machine has ${local.length} local memories`,
      expected: "one home and one local memory, or the tool's own 'accelerator'",
    });
  const memory = (block: (typeof memories)[number], oneForBoth: boolean): ZigzagMemory => {
    if (block.facts.kind !== 'memory') throw new InputError({ path: block.path, message: 'no memory' });
    const bits = Math.min(2 ** 30, 8 * block.facts.peakBytesPerCycle);
    const every = (['I1', 'I2', 'O'] as const).flatMap((operand) =>
      (['fh', 'tl', ...(operand === 'O' ? (['fl', 'th'] as const) : [])] as const).map((duty) => ({ operand, direction: FUNCTIONS[duty] })),
    );
    const port = (name: string, type: 'read' | 'write' | 'read_write', serves: typeof every): ZigzagMemory['ports'][number] => ({
      name,
      type,
      minBits: Math.min(64, bits),
      bitsPerCycle: bits,
      serves,
    });
    const ports = oneForBoth
      ? [port('rw_port_1', 'read_write', every)]
      : [
          port(
            'r_port_1',
            'read',
            every.filter(({ direction }) => direction.startsWith('rd')),
          ),
          port(
            'w_port_1',
            'write',
            every.filter(({ direction }) => direction.startsWith('wr')),
          ),
        ];
    return { name: block.path, sizeBits: 8 * block.facts.capacityBytes, operands: ['I1', 'I2', 'O'], servedDimensions: ['D1'], readPj: 0, writePj: 0, ports };
  };
  return { name: 'machine', array: { D1: array }, macPj: 0, memories: [memory(local[0]!, false), memory(home, true)] };
}

/** A nest of ours, cut at the local memory. */
export function zigzagMappingOf(layer: ZigzagLayer, nest: LoopNest, core: ZigzagCore): ZigzagMapping {
  const [local] = core.memories;
  const inner = nest.levels.toReversed();
  const spatial = inner.flatMap(({ loops }) => loops.filter(({ kind }) => kind === 'spatial').map(({ loop, size }): SizedLoop => [loop, size]));
  const temporal = layer.operands.map(({ name }) => {
    const below: SizedLoop[] = [];
    const above: SizedLoop[] = [];
    let isInside = true;
    for (const level of inner) {
      const loops = level.loops.toReversed().flatMap(({ kind, loop, size }): SizedLoop[] => (kind === 'temporal' ? [[loop, size]] : []));
      (isInside ? below : above).push(...loops);
      if (level.storage[name] === local!.name) isInside = false;
    }
    if (isInside)
      throw new InputError({ path: `mappings.${layer.name}`, message: `${name} never lies in ${local!.name}`, expected: 'a level that stores it there' });
    return [name, [below, above]] as const;
  });
  const levels = Object.fromEntries(layer.operands.map(({ name }) => [name, [spatial, [], []]]));
  return { spatial: levels, spatialWhole: levels, temporal: Object.fromEntries(temporal) };
}

const refused = (layer: Layer, what: string, expected: string): InputError =>
  new InputError({ path: `workload.layers.${layer.name}`, message: `${what}: the model of ZigZag cannot express this layer`, expected });
const fail = (layer: Layer, operand: string): never => {
  throw refused(layer, `operand ${operand} reshapes`, 'affine indices');
};
