import protobuf from 'protobufjs/light.js';
import { InputError } from 'tessera-sim';
import { LISTS, ONNX_DESCRIPTOR } from './descriptor.js';
import { toNumber, type GraphMessage, type Int64, type ModelMessage, type NodeMessage, type TensorMessage } from './messages.js';
import { ScanError, scanModel } from './scan.js';

/** Bytes of numbers in lists that are decoded, of one tensor and of all: ten bytes a number at the most, and small tensors alone are looked into. */
const MOST_LIST_BYTES = { tensor: 655_360, model: 1 << 25 } as const;

const messages = ONNX_DESCRIPTOR.nested.onnx.nested;
const bytesField = <F extends { readonly id: number }>(field: F): F & { type: 'bytes' } => ({ ...field, type: 'bytes' });

/** The model with its tensors as bytes: each is decoded by itself. */
const model = protobuf.Root.fromJSON({
  nested: {
    onnx: {
      nested: {
        ...messages,
        GraphProto: { fields: { ...messages.GraphProto.fields, initializer: bytesField(messages.GraphProto.fields.initializer) } },
        AttributeProto: { fields: { ...messages.AttributeProto.fields, t: bytesField(messages.AttributeProto.fields.t) } },
        SparseTensorProto: { fields: { ...messages.SparseTensorProto.fields, values: bytesField(messages.SparseTensorProto.fields.values) } },
      },
    },
  },
}).lookupType('onnx.ModelProto');

const tensorType = protobuf.Root.fromJSON(ONNX_DESCRIPTOR).lookupType('onnx.TensorProto');
const unlisted = Object.fromEntries(Object.entries(messages.TensorProto.fields).filter(([name]) => !LISTS.includes(name)));
const unlistedTensorType = protobuf.Root.fromJSON({
  nested: { onnx: { nested: { StringStringEntryProto: messages.StringStringEntryProto, TensorProto: { fields: unlisted } } } },
}).lookupType('onnx.TensorProto');

/** Bytes of an ONNX file to its messages. Weights stay views of the bytes. Throws InputError when they are no ONNX model. */
export function decodeModel(bytes: Uint8Array, fileName: string): ModelMessage {
  if (bytes.length === 0) throw notOnnx(fileName, 'the file is empty');
  let message: ModelMessage;
  try {
    scanModel(bytes);
    message = model.decode(bytes) as unknown as ModelMessage;
    new TensorDecoder().model(message);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw notOnnx(
      fileName,
      error instanceof ScanError ? `the file is truncated or no ONNX model: ${reason}` : `the file is truncated or no ONNX model (${reason})`,
    );
  }
  if (message.graph === undefined || message.graph === null) throw notOnnx(fileName, 'the file holds no graph');
  return message;
}

/** A message while its tensors are still bytes. */
type Raw<T> = { -readonly [K in keyof T]: T[K] };

/** Puts decoded tensors in the place of their bytes. */
class TensorDecoder {
  private listBytes = 0;

  model({ graph, functions }: ModelMessage): void {
    if (graph) this.graph(graph);
    for (const { node, attributeProto } of functions) {
      this.nodes(node);
      this.nodes([{ input: [], output: [], attribute: attributeProto }]);
    }
  }

  private graph(graph: GraphMessage): void {
    const raw = graph as Raw<GraphMessage>;
    raw.initializer = (graph.initializer as unknown as readonly Uint8Array[]).map((bytes) => this.tensor(bytes));
    for (const sparse of graph.sparseInitializer as unknown as { values?: unknown }[])
      if (sparse.values instanceof Uint8Array && sparse.values.length > 0) sparse.values = this.tensor(sparse.values);
    this.nodes(graph.node);
  }

  private nodes(nodes: readonly NodeMessage[]): void {
    for (const { attribute } of nodes)
      for (const each of attribute as unknown as { t?: unknown; g?: GraphMessage | null }[]) {
        if (Object.hasOwn(each, 't')) each.t = this.tensor(each.t as Uint8Array);
        if (each.g) this.graph(each.g);
      }
  }

  /** Long lists are weights, which are never looked into: they are passed over. */
  private tensor(bytes: Uint8Array): TensorMessage {
    const plain = unlistedTensorType.decode(bytes) as unknown as TensorMessage;
    // What is left beside raw data and a few names is the list.
    const listed = bytes.length - (plain.rawData?.length ?? 0);
    if (listed > MOST_LIST_BYTES.tensor || this.listBytes + listed > MOST_LIST_BYTES.model) return withLists(plain);
    this.listBytes += listed;
    return withLists(tensorType.decode(bytes) as unknown as TensorMessage);
  }
}

/** 64-bit numbers as plain ones, and no list missing. */
function withLists(tensor: TensorMessage): TensorMessage {
  const numbers = (list: readonly Int64[] | undefined): readonly number[] => (list ?? []).map(toNumber);
  return {
    dims: numbers(tensor.dims),
    name: tensor.name ?? '',
    dataType: tensor.dataType ?? 0,
    dataLocation: tensor.dataLocation ?? 0,
    externalData: tensor.externalData,
    ...(tensor.rawData === undefined ? {} : { rawData: tensor.rawData }),
    floatData: tensor.floatData ?? [],
    int32Data: tensor.int32Data ?? [],
    doubleData: tensor.doubleData ?? [],
    int64Data: numbers(tensor.int64Data),
    uint64Data: numbers(tensor.uint64Data),
  };
}

function notOnnx(file: string, message: string): InputError {
  return new InputError({ file, message, expected: 'an ONNX model in protobuf form (ModelProto), complete' });
}
