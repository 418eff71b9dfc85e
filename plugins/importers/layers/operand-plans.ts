import { type IndexExpression, type IndexTerm, type LayerClass, operatorName } from 'tessera-sim';
import type { LayerEntry } from './document.js';

/** An operand of a layer before its tensor is known. */
export interface OperandPlan {
  readonly name: string;
  readonly role: 'weight' | 'activation' | 'output';
  readonly expressions: readonly IndexExpression[];
  /** Sizes given for dimensions; others follow from the loops. */
  readonly sizes: Readonly<Record<string, number>>;
}

const CONVOLUTIONS = /^(conv|conv1d|conv2d|conv3d|depthwiseconv|depthwise)$/;
const PRODUCTS = /^(gemm|matmul|fc|linear)$/;
const VIEWS = /^(reshape|flatten|squeeze|unsqueeze)$/;
const MOVES = /^(concat|slice|split|pad|transpose|copy)$/;

/** Products of two operands are `mac`; reshapes are views; what only copies moves. */
export function classOf(operator: string): LayerClass {
  const name = operatorName(operator);
  if (CONVOLUTIONS.test(name) || PRODUCTS.test(name)) return 'mac';
  if (VIEWS.test(name)) return 'view';
  return MOVES.test(name) ? 'move' : 'vector';
}

/** The usual operands of an operator, over those of the usual loops that the layer has. */
export function usualOperands(layer: LayerEntry): OperandPlan[] {
  const operator = operatorName(layer.operator);
  const has = (loop: string): boolean => layer.loops[loop] !== undefined;
  const spatial = ['Z', 'Y', 'X'].filter((dim) => has(`O${dim}`) || has(`F${dim}`));
  const output = plan('O', 'output', [...line('B', ['B']), ...channel(['K']), ...spatial.flatMap((dim) => line(dim, [`O${dim}`]))]);
  if (CONVOLUTIONS.test(operator)) {
    const input = [...line('B', ['B']), ...channel(['C']), ...spatial.map((dim, d) => window(dim, d))];
    const weight = [...channel(['K'], 'K'), ...line('C', ['C']), ...spatial.flatMap((dim) => line(`F${dim}`, [`F${dim}`]))];
    return [plan('I', 'activation', input), plan('W', 'weight', weight), output];
  }
  if (PRODUCTS.test(operator)) {
    const second = layer.from?.['I2'] === undefined ? plan('W', 'weight', productWeight()) : plan('I2', 'activation', productWeight());
    return [plan('I', 'activation', [...rows(), ...line('C', ['C'])]), second, plan('O', 'output', [...rows(), ...line('C', ['K'])])];
  }
  const activations = ['I', ...Object.keys(layer.from ?? {}).filter((name) => /^I\d+$/.test(name))];
  const weights = Object.keys({ ...layer.from, ...layer.precision }).filter((name) => /^W\d*$/.test(name));
  const read = [
    ...line('B', ['B']),
    ...channel(has('C') && !has('K') ? ['C'] : ['K']),
    ...(has('C') && has('K') ? line('C', ['C']) : []),
    ...spatial.map((dim, d) => window(dim, d)),
  ];
  return [...activations.map((name) => plan(name, 'activation', read)), ...[...new Set(weights)].map((name) => plan(name, 'weight', channel(['K']))), output];

  function plan(name: string, role: OperandPlan['role'], expressions: readonly IndexExpression[]): OperandPlan {
    return { name, role, expressions, sizes: {} };
  }
  function line(dim: string, loops: readonly string[]): IndexExpression[] {
    const terms = loops.filter(has).map((loop): IndexTerm => ({ loop, coefficient: 1 }));
    return terms.length === 0 ? [] : [{ dim, terms }];
  }
  /** Channels of a group lie together: `C = size * G + channel`. */
  function channel(loops: readonly string[], dim = 'C'): IndexExpression[] {
    const inner = loops.filter(has);
    if (!has('G')) return line(dim, inner);
    const size = inner.reduce((product, loop) => product * (layer.loops[loop] ?? 1), 1);
    return [{ dim, terms: [{ loop: 'G', coefficient: size }, ...inner.map((loop): IndexTerm => ({ loop, coefficient: 1 }))] }];
  }
  function window(dim: string, d: number): IndexExpression {
    const at = (list: number | readonly number[] | undefined, otherwise: number): number =>
      list === undefined ? otherwise : typeof list === 'number' ? list : (list[d] ?? list[0] ?? otherwise);
    const terms = [
      ...(has(`O${dim}`) ? [{ loop: `O${dim}`, coefficient: at(layer.stride, 1) }] : []),
      ...(has(`F${dim}`) ? [{ loop: `F${dim}`, coefficient: at(layer.dilation, 1) }] : []),
    ];
    const pad = at(layer.pad, 0);
    return { dim, terms, ...(pad === 0 ? {} : { offset: -pad }) };
  }
  function rows(): IndexExpression[] {
    return ['B', 'G', 'OY', 'OX'].flatMap((loop) => line(loop.replace('O', ''), [loop]));
  }
  function productWeight(): IndexExpression[] {
    return ['G', 'C', 'K'].flatMap((loop) => line(loop, [loop]));
  }
}

/** Padding behind the last row or column of each spatial dimension: what the input is smaller by. */
export function padEnds(layer: LayerEntry): Readonly<Record<string, number>> {
  const spatial = ['Z', 'Y', 'X'].filter((dim) => layer.loops[`O${dim}`] !== undefined || layer.loops[`F${dim}`] !== undefined);
  const pad = layer.pad ?? 0;
  return Object.fromEntries(spatial.map((dim, d) => [dim, typeof pad === 'number' ? pad : (pad[pad.length > spatial.length ? d + spatial.length : d] ?? 0)]));
}
