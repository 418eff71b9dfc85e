import { bertBaseLayer, llamaLayer, mambaDecode } from './language.js';
import { autoencoder, dsCnn, mobilenetV1Quarter, resnet8 } from './tiny.js';
import { fsrcnn, mobilenetV2, resnet18, resnet50 } from './vision.js';

/** Files of scenarios/models/ and what makes their bytes. */
export const MODELS: Readonly<Record<string, () => Uint8Array>> = {
  'resnet18.onnx': resnet18,
  'resnet50.onnx': resnet50,
  'mobilenetv2.onnx': mobilenetV2,
  'fsrcnn.onnx': fsrcnn,
  'bert-base-layer.onnx': bertBaseLayer,
  'llama-prefill.onnx': () => llamaLayer(512, 0),
  'llama-decode.onnx': () => llamaLayer(1, 1023),
  'mamba-decode.onnx': mambaDecode,
  'resnet8.onnx': resnet8,
  'ds-cnn.onnx': dsCnn,
  'mobilenetv1-025-vww.onnx': mobilenetV1Quarter,
  'ad-autoencoder.onnx': autoencoder,
};
