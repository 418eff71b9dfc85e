import { ModelBuilder } from './model-builder.js';

/** Layers over int8 tensors in the QDQ form: DequantizeLinear before, QuantizeLinear behind each operator. */
class QuantisedBuilder extends ModelBuilder {
  constructor(name: string) {
    super(name, 'fp32');
  }

  /** Real values to int8 and back: what lies between two layers. */
  requantise(x: string, name: string): string {
    return this.dequantise(this.quantise(x, name), name);
  }

  quantise(x: string, name: string): string {
    return this.node('QuantizeLinear', [x, this.weight(`${name}.scale`, []), this.weight(`${name}.zero`, [], 'int8')], {}, `${name}.quantize`);
  }

  dequantise(x: string, name: string): string {
    return this.node('DequantizeLinear', [x, `${name}.scale`, `${name}.zero`], {}, `${name}.dequantize`);
  }

  /** An int8 graph input as real values. */
  quantisedInput(name: string, shape: readonly number[]): string {
    const x = this.input(name, shape, 'int8');
    this.weight(`${name}.scale`, []);
    this.weight(`${name}.zero`, [], 'int8');
    return this.dequantise(x, name);
  }

  quantisedWeight(name: string, dims: readonly number[], type: 'int8' | 'int32' = 'int8'): string {
    const scales = [this.weight(`${name}.scale`, [dims[0] as number]), this.weight(`${name}.zero`, [dims[0] as number], type)];
    return this.node('DequantizeLinear', [this.weight(name, dims, type), ...scales], { axis: 0 }, `${name}.dequantize`);
  }

  conv(
    x: string,
    name: string,
    [inputs, outputs]: readonly [number, number],
    kernel: readonly [number, number],
    options: { stride?: number; depthwise?: boolean; relu?: boolean } = {},
  ): string {
    const { stride = 1, depthwise = false, relu = true } = options;
    const w = this.quantisedWeight(`${name}.weight`, [outputs, depthwise ? 1 : inputs, ...kernel]);
    const b = this.quantisedWeight(`${name}.bias`, [outputs], 'int32');
    const attributes = { kernel_shape: kernel, strides: [stride, stride], auto_pad: 'SAME_UPPER', group: depthwise ? inputs : 1 };
    const y = this.node('Conv', [x, w, b], attributes, name);
    return this.requantise(relu ? this.node('Relu', [y], {}, `${name}.relu`) : y, name);
  }

  dense(x: string, name: string, inputs: number, outputs: number, relu: boolean): string {
    const y = this.node(
      'Gemm',
      [x, this.quantisedWeight(`${name}.weight`, [outputs, inputs]), this.quantisedWeight(`${name}.bias`, [outputs], 'int32')],
      { transB: 1 },
      name,
    );
    return relu ? this.requantise(this.node('Relu', [y], {}, `${name}.relu`), name) : this.quantise(y, name);
  }

  classify(x: string, features: number, classes: number): Uint8Array {
    const pooled = this.requantise(this.node('GlobalAveragePool', [x], {}, 'pool'), 'pool');
    const logits = this.dense(this.node('Flatten', [pooled], { axis: 1 }, 'flatten'), 'fc', features, classes, false);
    this.output(logits, [1, classes], 'int8');
    return this.bytes();
  }
}

/** MLPerf Tiny image classification: ResNet-8 for 32x32 images. */
export function resnet8(): Uint8Array {
  const model = new QuantisedBuilder('resnet8');
  let x = model.conv(model.quantisedInput('image', [1, 3, 32, 32]), 'conv', [3, 16], [3, 3]);
  let channels = 16;
  [16, 32, 64].forEach((width, stage) => {
    const name = `stack${stage + 1}`;
    const stride = stage === 0 ? 1 : 2;
    const first = model.conv(x, `${name}.conv1`, [channels, width], [3, 3], { stride });
    const second = model.conv(first, `${name}.conv2`, [width, width], [3, 3], { relu: false });
    const shortcut = stride === 1 ? x : model.conv(x, `${name}.shortcut`, [channels, width], [1, 1], { stride, relu: false });
    const total = model.node('Add', [second, shortcut], {}, `${name}.add`);
    x = model.requantise(model.node('Relu', [total], {}, `${name}.relu`), `${name}.sum`);
    channels = width;
  });
  return model.classify(x, 64, 10);
}

/** MLPerf Tiny keyword spotting: DS-CNN over 49 x 10 spectral features. */
export function dsCnn(): Uint8Array {
  const model = new QuantisedBuilder('ds-cnn');
  let x = model.conv(model.quantisedInput('features', [1, 1, 49, 10]), 'conv', [1, 64], [10, 4], { stride: 2 });
  for (let block = 1; block <= 4; block++) {
    x = model.conv(x, `block${block}.depthwise`, [64, 64], [3, 3], { depthwise: true });
    x = model.conv(x, `block${block}.pointwise`, [64, 64], [1, 1]);
  }
  return model.classify(x, 64, 12);
}

/** MLPerf Tiny visual wake words: MobileNetV1 with a quarter of the channels, 96x96 images. */
export function mobilenetV1Quarter(): Uint8Array {
  const model = new QuantisedBuilder('mobilenetv1-025-vww');
  let x = model.conv(model.quantisedInput('image', [1, 3, 96, 96]), 'conv', [3, 8], [3, 3], { stride: 2 });
  let channels = 8;
  const blocks: readonly (readonly [number, number])[] = [
    [16, 1],
    [32, 2],
    [32, 1],
    [64, 2],
    [64, 1],
    [128, 2],
    [128, 1],
    [128, 1],
    [128, 1],
    [128, 1],
    [128, 1],
    [256, 2],
    [256, 1],
  ];
  blocks.forEach(([width, stride], index) => {
    x = model.conv(x, `block${index + 1}.depthwise`, [channels, channels], [3, 3], { stride, depthwise: true });
    x = model.conv(x, `block${index + 1}.pointwise`, [channels, width], [1, 1]);
    channels = width;
  });
  return model.classify(x, 256, 2);
}

/** MLPerf Tiny anomaly detection: autoencoder over 5 frames of 128 mel bands. */
export function autoencoder(): Uint8Array {
  const model = new QuantisedBuilder('ad-autoencoder');
  let x = model.quantisedInput('frames', [1, 640]);
  const widths = [640, 128, 128, 128, 128, 8, 128, 128, 128, 128];
  widths.slice(1).forEach((width, index) => {
    x = model.dense(x, `dense${index + 1}`, widths[index] as number, width, true);
  });
  model.output(model.dense(x, 'dense10', 128, 640, false), [1, 640], 'int8');
  return model.bytes();
}
