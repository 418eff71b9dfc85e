import protobuf from 'protobufjs/light.js';
import { InputError } from 'tessera-sim';
import { ONNX_DESCRIPTOR } from './descriptor.js';
import type { ModelMessage } from './messages.js';

const model = protobuf.Root.fromJSON(ONNX_DESCRIPTOR).lookupType('onnx.ModelProto');

/** Bytes of an ONNX file to its messages. Weights stay views of the bytes. Throws InputError when they are no ONNX model. */
export function decodeModel(bytes: Uint8Array, fileName: string): ModelMessage {
  if (bytes.length === 0) throw notOnnx(fileName, 'the file is empty');
  let message: ModelMessage;
  try {
    message = model.decode(bytes) as unknown as ModelMessage;
  } catch (error) {
    throw notOnnx(fileName, `the file is truncated or no ONNX model (${error instanceof Error ? error.message : String(error)})`);
  }
  if (message.graph === undefined || message.graph === null) throw notOnnx(fileName, 'the file holds no graph');
  return message;
}

function notOnnx(file: string, message: string): InputError {
  return new InputError({ file, message, expected: 'an ONNX model in protobuf form (ModelProto), complete' });
}
