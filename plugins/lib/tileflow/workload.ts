import type { Layer, Operand, Workload, WorkloadTensor } from 'tessera-sim';
import type { TileflowOperation, TileflowProblem } from './form.js';

/** Operands of an operation as our layers name them, by tensor: `O`, `I`, `I2`, ... */
export function operandNames({ ins, out }: TileflowOperation): Readonly<Record<string, string>> {
  return { ...Object.fromEntries(ins.map((name, index) => [name, index === 0 ? 'I' : `I${index + 1}`])), [out]: 'O' };
}

/** Operations as layers, tensors as they are. A product of two tensors is a matrix product, what has one input is element-wise or a reduction. */
export function tileflowWorkload(name: string, problem: TileflowProblem, wordBits: number): Workload {
  const { sizes, operations, outs } = problem;
  const format = `int${wordBits}`;
  const tensors: Record<string, WorkloadTensor> = {};
  for (const tensor of problem.tensors) {
    const made = operations.some(({ out }) => out === tensor.name);
    const dims = Object.fromEntries(tensor.ranks.map((rank) => [rank.join('+'), rank.reduce((sum, dimension) => sum + sizes[dimension]! - 1, 1)]));
    tensors[tensor.name] = { name: tensor.name, dims, format, role: outs.includes(tensor.name) ? 'output' : made ? 'intermediate' : 'input' };
  }
  const layers = operations.map((operation, id): Layer => {
    const product = operation.ins.length > 1;
    const names = operandNames(operation);
    return {
      id,
      name: operation.name,
      operator: product ? 'matmul' : operation.name.toLowerCase(),
      class: product ? 'mac' : 'vector',
      loops: Object.fromEntries(operation.dimensions.map((dimension) => [dimension, sizes[dimension]!])),
      operands: [operation.out, ...operation.ins].map((tensor) => operand(tensor, names[tensor]!)),
      predecessors: operations.flatMap((other, before) => (before < id && operation.ins.includes(other.out) ? [before] : [])),
      opsPerPoint: product ? 2 : 1,
    };
  });
  return { name, tensors, layers, inputs: problem.ins.filter((tensor) => tensors[tensor] !== undefined), outputs: outs };

  function operand(tensor: string, as: string): Operand {
    const { ranks } = problem.tensors.find((one) => one.name === tensor)!;
    return {
      name: as,
      tensor,
      role: as === 'O' ? 'output' : 'activation',
      map: { kind: 'index', expressions: ranks.map((rank) => ({ dim: rank.join('+'), terms: rank.map((loop) => ({ loop, coefficient: 1 })) })) },
      format,
      ...(as === 'O' ? { partialFormat: format } : {}),
    };
  }
}
