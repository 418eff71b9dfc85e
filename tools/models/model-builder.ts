import protobuf from 'protobufjs/light.js';
import { ONNX_DESCRIPTOR } from 'tessera-sim/onnx';

const messages = protobuf.Root.fromJSON(ONNX_DESCRIPTOR);

/** ONNX element types. */
export const TYPES = { fp32: 1, uint8: 2, int8: 3, int32: 6, int64: 7, fp16: 10 } as const;
export type ElementType = keyof typeof TYPES;

type Attribute = number | string | readonly number[];

/** AttributeProto.AttributeType */
const FLOAT = 1;
const INT = 2;
const STRING = 3;
const INTS = 7;

/** Attributes that are floats even when their value is whole. */
const FLOATS = new Set(['alpha', 'beta', 'epsilon']);

/**
 * Writes a topology: nodes, shapes, and initializers that have dims but no data. Names follow from the order of the
 * calls, so the same calls give the same bytes.
 */
export class ModelBuilder {
  private readonly nodes: object[] = [];
  private readonly initializers: object[] = [];
  private readonly inputs: object[] = [];
  private readonly outputs: object[] = [];
  private readonly counts = new Map<string, number>();

  constructor(
    private readonly name: string,
    readonly type: ElementType = 'fp32',
  ) {}

  input(name: string, shape: readonly number[], type: ElementType = this.type): string {
    this.inputs.push(valueInfo(name, shape, type));
    return name;
  }

  /** @param shape left out: the reader must work it out */
  output(name: string, shape?: readonly number[], type: ElementType = this.type): void {
    this.outputs.push(valueInfo(name, shape, type));
  }

  /** A weight: shape only. */
  weight(name: string, dims: readonly number[], type: ElementType = this.type): string {
    const unique = this.unique(name);
    this.initializers.push({ name: unique, dims, dataType: TYPES[type] });
    return unique;
  }

  /** Whole numbers that a shape or an axis needs. */
  integers(name: string, values: readonly number[]): string {
    const unique = this.unique(name);
    this.initializers.push({ name: unique, dims: [values.length], dataType: TYPES.int64, int64Data: values });
    return unique;
  }

  /** Adds a node named after its operator (or `name`) and returns its output. */
  node(opType: string, input: readonly string[], attributes: Readonly<Record<string, Attribute>> = {}, name = opType.toLowerCase()): string {
    return this.nodeWithOutputs(opType, input, attributes, 1, name)[0] as string;
  }

  nodeWithOutputs(opType: string, input: readonly string[], attributes: Readonly<Record<string, Attribute>>, outputs: number, name: string): string[] {
    const unique = this.unique(name);
    const output = outputs === 1 ? [`${unique}.out`] : Array.from({ length: outputs }, (_, index) => `${unique}.out${index}`);
    this.nodes.push({ opType, name: unique, input, output, attribute: Object.entries(attributes).map(([key, value]) => attribute(key, value)) });
    return output;
  }

  bytes(): Uint8Array {
    const model = {
      irVersion: 8,
      producerName: 'tessera make-models',
      graph: { name: this.name, node: this.nodes, initializer: this.initializers, input: this.inputs, output: this.outputs },
      opsetImport: [{ domain: '', version: 17 }],
    };
    const type = messages.lookupType('onnx.ModelProto');
    return type.encode(type.fromObject(model)).finish();
  }

  private unique(name: string): string {
    const count = (this.counts.get(name) ?? 0) + 1;
    this.counts.set(name, count);
    return count === 1 ? name : `${name}_${count}`;
  }
}

function valueInfo(name: string, shape: readonly number[] | undefined, type: ElementType): object {
  const dims = shape === undefined ? {} : { shape: { dim: shape.map((dimValue) => ({ dimValue })) } };
  return { name, type: { tensorType: { elemType: TYPES[type], ...dims } } };
}

function attribute(name: string, value: Attribute): object {
  if (typeof value === 'string') return { name, s: new TextEncoder().encode(value), type: STRING };
  if (typeof value === 'number') return FLOATS.has(name) ? { name, f: value, type: FLOAT } : { name, i: value, type: INT };
  return { name, ints: value, type: INTS };
}
