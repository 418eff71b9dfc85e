import { type InputError, operatorName, type Sizes } from 'tessera-sim';
import { Attributes } from './attributes.js';
import { formatOfType, INT32, isFloatType, isSmallInteger } from './data-types.js';
import type { GraphState } from './graph-state.js';
import type { LayerDraft } from './layer-draft.js';
import type { NodeMessage } from './messages.js';
import { sizeOf, type Value } from './value.js';

/** Iteration spaces and tensors beyond this cannot be counted exactly. */
const LARGEST = Number.MAX_SAFE_INTEGER;
/** More than any tool makes; all that is done by dimension stays short. */
export const MOST_DIMENSIONS = 64;

const COPYING = new Set([
  'Reshape',
  'Flatten',
  'Squeeze',
  'Unsqueeze',
  'Transpose',
  'Slice',
  'Split',
  'Concat',
  'Pad',
  'Expand',
  'Tile',
  'Gather',
  'DepthToSpace',
  'SpaceToDepth',
]);

/** What an operator's reader sees of its node: inputs, attributes, and where its outputs and layers go. */
export class NodeContext {
  readonly attributes: Attributes;
  /** The operator as the file names it, and as layers do. */
  readonly op: string;
  readonly operator: string;

  constructor(
    readonly state: GraphState,
    readonly node: NodeMessage,
    readonly name: string,
  ) {
    this.attributes = new Attributes(node);
    this.op = node.opType ?? '';
    this.operator = operatorName(this.op);
  }

  /** Version of the operator set that the node is written for. */
  get opset(): number {
    return this.state.opsets.get(this.node.domain ?? '') ?? this.state.opsets.get('') ?? 1;
  }

  /** Whether nothing that the node reads depends on the network's input. */
  get allConstant(): boolean {
    const read = this.node.input.filter((name) => name !== '');
    return read.length > 0 && read.every((name) => this.state.values.get(name)?.constant === true);
  }

  input(index: number): Value {
    const value = this.optional(index);
    if (value === undefined) throw this.fail(`input ${index} is missing`, `${this.op} with at least ${index + 1} inputs`);
    return value;
  }

  optional(index: number): Value | undefined {
    const name = this.node.input[index];
    if (name === undefined || name === '') return undefined;
    const value = this.state.values.get(name);
    if (value === undefined) throw this.state.unwritten(this.place, `input ${index}, tensor '${name}',`, name);
    return value;
  }

  /** All inputs that are there. */
  inputs(): Value[] {
    return this.node.input.flatMap((_, index) => this.optional(index) ?? []);
  }

  /** Elements of an input that must be known before the run, such as a shape or axes. */
  known(index: number, what: string): readonly number[] {
    const value = this.input(index);
    if (value.data === undefined) {
      throw this.fail(
        `${what} (input ${index}, tensor '${value.name}') is not known before the run`,
        `a constant ${what}: export the model with static shapes, or simplify it`,
      );
    }
    return value.data;
  }

  /** Axes or the like: an attribute in old operator sets, an input in new ones; undefined when given in neither way. */
  listOf(attribute: string, index: number): readonly number[] | undefined {
    return this.attributes.ints(attribute) ?? (this.optional(index) === undefined ? undefined : this.known(index, attribute));
  }

  /** A possibly negative axis, checked. */
  axis(axis: number, rank: number): number {
    const positive = axis < 0 ? axis + rank : axis;
    if (!Number.isInteger(axis) || positive < 0 || positive >= Math.max(rank, 1)) throw this.fail(`axis ${axis} does not exist`, `-${rank} to ${rank - 1}`);
    return positive;
  }

  dims(value: Value, preferred?: readonly string[]): readonly string[] {
    return this.state.dims(value, preferred);
  }

  /** Named sizes of a value's dimensions. */
  sizes(value: Value): Sizes {
    return Object.fromEntries(this.dims(value).map((name, d) => [name, value.shape[d] ?? 1]));
  }

  /** Whether somebody wants output `index`: a node that reads it, or the graph. Outputs of which that is not so cost nothing. */
  asks(index: number): boolean {
    const name = this.node.output[index] ?? '';
    return name !== '' && (this.state.useCounts.has(name) || this.state.graphOutputs.has(name));
  }

  /**
   * Says what output `index` is; one that the node leaves out is a tensor of its own. Outputs of constants are constants, and so is
   * what has no elements.
   * @param names dimensions, when the operator knows better than the usual ones
   */
  define(index: number, shape: readonly number[], type: number, names?: readonly string[], data?: readonly number[]): Value {
    const given = this.node.output[index] ?? '';
    const name = given === '' ? `${this.name}/output${index}` : given;
    this.checkShape(name, shape);
    const isEmpty = sizeOf(shape) === 0;
    const known = data ?? (isEmpty ? [] : undefined);
    const constant = this.allConstant || known !== undefined;
    if (isEmpty && !this.allConstant)
      this.state.noteEmpty(`${this.place}: output '${name}' has the shape [${shape.join(', ')}]: no elements, nothing to compute`);
    const value: Value = { name, type, shape, constant, format: this.storedFormat(type), tensor: name, ...(known === undefined ? {} : { data: known }) };
    if (given !== '') this.put(name, value);
    if (names !== undefined) this.state.dims(value, names);
    return value;
  }

  /** What only rearranges data keeps their format: a transposed quantised weight is quantised still. */
  private storedFormat(type: number): string {
    const first = COPYING.has(this.op) ? this.optional(0) : undefined;
    return (first !== undefined && isFloatType(first.type) && first.type === type ? first.format : formatOfType(type)) ?? 'fp32';
  }

  /** The shape that the file itself gives for an output, when it is whole. */
  declared(index: number): readonly number[] | undefined {
    return this.state.declared.get(this.node.output[index] ?? '');
  }

  /**
   * Element type of a product's sum. ONNX allows plain Conv, Gemm and MatMul only over reals and wide integers; quantisers
   * that write them over 8-bit integers give the output's type in the file, or mean ConvInteger and MatMulInteger: the
   * sum does not fit its factors.
   */
  sumType(left: Value, right: Value): number {
    if (this.op.endsWith('Integer')) return INT32;
    if (!isSmallInteger(left.type) || !isSmallInteger(right.type)) return left.type;
    return this.state.declaredTypes.get(this.node.output[0] ?? '') ?? INT32;
  }

  /** A tensor of the node's own, between its layers. */
  internal(suffix: string, shape: readonly number[], type: number, names?: readonly string[]): Value {
    const name = `${this.name}/${suffix}`;
    this.checkShape(name, shape);
    const value: Value = { name, type, shape, constant: false, format: formatOfType(type) ?? 'fp32', tensor: name };
    this.state.origins.set(name, this.place);
    if (names !== undefined) this.state.dims(value, names);
    return value;
  }

  /** Output `index` is another value under a new name: nothing is computed or stored. */
  alias(index: number, value: Value): void {
    const name = this.node.output[index] ?? '';
    if (name !== '') this.put(name, { ...value, name });
  }

  private put(name: string, value: Value): void {
    if (this.state.values.has(name)) throw this.fail(`output tensor '${name}' is written twice or is an input`, 'each tensor to be written by one node');
    this.state.values.set(name, value);
    this.state.origins.set(name, this.place);
  }

  private checkShape(name: string, shape: readonly number[]): void {
    if (shape.length > MOST_DIMENSIONS) throw this.fail(`output tensor '${name}' would have ${shape.length} dimensions`, `at most ${MOST_DIMENSIONS}`);
    const bad = shape.findIndex((size) => !Number.isInteger(size) || size < 0);
    if (bad >= 0) throw this.fail(`output tensor '${name}' would have the shape [${shape.join(', ')}]`, 'sizes from 0');
    if (sizeOf(shape) > LARGEST) throw this.fail(`output tensor '${name}' of shape [${shape.join(', ')}] is too large`, 'less than 2^53 elements');
  }

  /**
   * Adds a layer, unless all that it reads is constant (then it is computed before the run) or what it writes has no elements. All
   * outputs of a layer follow the same loops: one that does not (a last state, a mean) is a layer of its own.
   */
  emit(given: LayerDraft): void {
    const operands = given.operands.filter(({ value }) => sizeOf(value.shape) > 0);
    if (!operands.some((operand) => operand.output === true)) return;
    const draft = { ...given, operands };
    const inputs = given.operands.filter((operand) => operand.output !== true);
    if (inputs.length > 0 && inputs.every((operand) => operand.value.constant)) return;
    const wrong = Object.entries(draft.loops).find(([, size]) => !Number.isSafeInteger(size) || size < 1);
    if (wrong !== undefined) throw this.fail(`its loop ${wrong[0]} would have the size ${wrong[1]}`, 'sizes from 1');
    if (sizeOf(Object.values(draft.loops)) > LARGEST) throw this.fail(`its loops ${JSON.stringify(draft.loops)} are too large`, 'less than 2^53 points');
    const suffix = draft.suffix === undefined ? '' : `/${draft.suffix}`;
    this.state.add({ node: this.node, name: `${this.name}${suffix}`, draft });
  }

  /** The place for messages: `node 'conv1' (Conv, opset 13)`. */
  get place(): string {
    const domain = this.node.domain ?? '';
    return `node '${this.name}' (${domain === '' || domain === 'ai.onnx' ? '' : `${domain}.`}${this.op}, opset ${this.opset})`;
  }

  fail(message: string, expected?: string): InputError {
    return this.state.error(this.place, message, expected);
  }
}

/** Reads one operator: checks its inputs, says what its outputs are, adds its layers. */
export type OperatorReader = (context: NodeContext) => void;
