// @ts-check
import { setTimeout } from 'node:timers/promises';
import { bytesOf, definePlugin, InputError } from 'tessera-sim';

/** @typedef {{ thinkMilliseconds: number }} Config */

/** The first block that fits. @param {import('tessera-sim').MachineDescription} machine @param {(facts: any) => boolean} fits @param {string} what */
function first(machine, fits, what) {
  const found = machine.blocks.find((block) => fits(block.facts));
  if (found === undefined) throw new InputError({ path: 'machine', message: `mapper 'patient' needs ${what}` });
  return found.path;
}

/** Copies in, compute, copy out: every layer whole. @param {import('tessera-sim').Workload} workload @param {any} places */
export function operationsOf(workload, places) {
  /** @type {Record<string, { memory: string, bytes: number }>} */
  const buffers = {};
  /** @type {import('tessera-sim').ScheduleOperation[]} */
  const operations = [];
  for (const layer of workload.layers) {
    const bufferOf = (/** @type {import('tessera-sim').Operand} */ operand) => `${layer.name}.${operand.name}`;
    for (const operand of layer.operands) {
      const { format, dims } = workload.tensors[operand.tensor];
      buffers[bufferOf(operand)] = {
        memory: places.local,
        bytes: bytesOf(
          format,
          Object.values(dims).reduce((product, size) => product * size, 1),
        ),
      };
    }
    const inputs = layer.operands.filter((operand) => operand.role !== 'output');
    const outputs = layer.operands.filter((operand) => operand.role === 'output');
    for (const operand of inputs) {
      operations.push({ kind: 'transfer', queue: places.dma, layer: layer.name, reads: [{ tensor: operand.tensor }], writes: [{ buffer: bufferOf(operand) }] });
    }
    operations.push({
      kind: 'compute',
      queue: places.core,
      layer: layer.name,
      operator: layer.operator,
      loops: layer.loops,
      reads: inputs.map((operand) => ({ buffer: bufferOf(operand), operand: operand.name })),
      writes: outputs.map((operand) => ({ buffer: bufferOf(operand), tensor: operand.tensor, operand: operand.name })),
      releases: inputs.map((operand) => ({ buffer: bufferOf(operand) })),
    });
    for (const operand of outputs) {
      const [reads, releases] = [[{ buffer: bufferOf(operand), tensor: operand.tensor }], [{ buffer: bufferOf(operand) }]];
      operations.push({ kind: 'transfer', queue: places.dma, layer: layer.name, reads, writes: [{ tensor: operand.tensor }], releases });
    }
  }
  return { buffers, operations };
}

export default definePlugin({
  kind: 'mapper',
  name: 'patient',
  version: '1.0.0',
  summary: 'Waits for an answer from elsewhere, then maps every layer whole on one core',
  configSchema: {
    type: 'object',
    additionalProperties: false,
    properties: { thinkMilliseconds: { type: 'integer', minimum: 0, maximum: 10000, default: 20, unit: 'ms', description: 'How long it waits' } },
  },
  map: async ({ workload, machine, config }, context) => {
    const places = {
      home: first(machine, (facts) => facts.kind === 'memory' && facts.isHome, 'a home of tensors'),
      local: first(machine, (facts) => facts.kind === 'memory' && !facts.isHome, 'a local memory'),
      core: first(machine, (facts) => facts.kind === 'core', 'a core'),
      dma: first(machine, (facts) => facts.kind === 'dma', 'a dma'),
    };
    await setTimeout(/** @type {Config} */ (config).thinkMilliseconds);
    context.progress(workload.layers.length, workload.layers.length);
    if (!context.shouldStop()) context.warn(`thought of ${workload.layers.length} layers, draw ${context.random('taste').below(100)}`);
    const { buffers, operations } = operationsOf(workload, places);
    const tensors = Object.fromEntries(
      Object.entries(workload.tensors).map(([name, { dims, format, role }]) => [name, { dims, format, role, home: places.home }]),
    );
    const layers = Object.fromEntries(workload.layers.map(({ name, operator, loops }) => [name, { operator, loops }]));
    return { name: workload.name, tensors, buffers, layers, operations, operationCount: operations.length };
  },
});
