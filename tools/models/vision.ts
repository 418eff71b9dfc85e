import { ModelBuilder } from './model-builder.js';

interface ConvOptions {
  readonly stride?: number;
  readonly groups?: number;
}

/** A convolution with bias (batch normalisation folded), padded to keep the size. */
function conv(
  model: ModelBuilder,
  x: string,
  name: string,
  inputs: number,
  outputs: number,
  kernel: number,
  { stride = 1, groups = 1 }: ConvOptions = {},
): string {
  const w = model.weight(`${name}.weight`, [outputs, inputs / groups, kernel, kernel]);
  const b = model.weight(`${name}.bias`, [outputs]);
  const pad = (kernel - 1) >> 1;
  const attributes = { kernel_shape: [kernel, kernel], strides: [stride, stride], pads: [pad, pad, pad, pad], dilations: [1, 1], group: groups };
  return model.node('Conv', [x, w, b], attributes, name);
}

function classifier(model: ModelBuilder, x: string, features: number, classes: number): Uint8Array {
  const pooled = model.node('GlobalAveragePool', [x], {}, 'pool');
  const flat = model.node('Flatten', [pooled], { axis: 1 }, 'flatten');
  const logits = model.node('Gemm', [flat, model.weight('fc.weight', [classes, features]), model.weight('fc.bias', [classes])], { transB: 1 }, 'fc');
  model.output(logits, [1, classes]);
  return model.bytes();
}

function resnetStem(model: ModelBuilder): string {
  const x = model.input('image', [1, 3, 224, 224]);
  const stem = model.node('Relu', [conv(model, x, 'conv1', 3, 64, 7, { stride: 2 })], {}, 'conv1.relu');
  return model.node('MaxPool', [stem], { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] }, 'maxpool');
}

/** He et al., 2016, table 1: two 3x3 convolutions a block. */
export function resnet18(): Uint8Array {
  const model = new ModelBuilder('resnet18');
  let x = resnetStem(model);
  let channels = 64;
  [64, 128, 256, 512].forEach((width, stage) => {
    for (let block = 0; block < 2; block++) {
      const name = `layer${stage + 1}.${block}`;
      const stride = stage > 0 && block === 0 ? 2 : 1;
      const first = model.node('Relu', [conv(model, x, `${name}.conv1`, channels, width, 3, { stride })], {}, `${name}.relu1`);
      const second = conv(model, first, `${name}.conv2`, width, width, 3);
      const shortcut = stride === 1 ? x : conv(model, x, `${name}.downsample`, channels, width, 1, { stride });
      x = model.node('Relu', [model.node('Add', [second, shortcut], {}, `${name}.add`)], {}, `${name}.relu2`);
      channels = width;
    }
  });
  return classifier(model, x, 512, 1000);
}

/** He et al., 2016, bottleneck blocks; the stride sits in the 3x3 convolution, as everybody trains it ("v1.5"). */
export function resnet50(): Uint8Array {
  const model = new ModelBuilder('resnet50');
  let x = resnetStem(model);
  let channels = 64;
  [3, 4, 6, 3].forEach((blocks, stage) => {
    const width = 64 << stage;
    for (let block = 0; block < blocks; block++) {
      const name = `layer${stage + 1}.${block}`;
      const stride = stage > 0 && block === 0 ? 2 : 1;
      const first = model.node('Relu', [conv(model, x, `${name}.conv1`, channels, width, 1)], {}, `${name}.relu1`);
      const second = model.node('Relu', [conv(model, first, `${name}.conv2`, width, width, 3, { stride })], {}, `${name}.relu2`);
      const third = conv(model, second, `${name}.conv3`, width, width * 4, 1);
      const shortcut = block > 0 ? x : conv(model, x, `${name}.downsample`, channels, width * 4, 1, { stride });
      x = model.node('Relu', [model.node('Add', [third, shortcut], {}, `${name}.add`)], {}, `${name}.relu3`);
      channels = width * 4;
    }
  });
  return classifier(model, x, 2048, 1000);
}

/** Sandler et al., 2018, table 2: expansion, channels, repetitions, stride. */
const BOTTLENECKS = [
  [1, 16, 1, 1],
  [6, 24, 2, 2],
  [6, 32, 3, 2],
  [6, 64, 4, 2],
  [6, 96, 3, 1],
  [6, 160, 3, 2],
  [6, 320, 1, 1],
] as const;

export function mobilenetV2(): Uint8Array {
  const model = new ModelBuilder('mobilenetv2');
  const [zero, six] = [model.weight('relu6.min', []), model.weight('relu6.max', [])];
  const relu6 = (x: string, name: string): string => model.node('Clip', [x, zero, six], {}, name);
  let x = relu6(conv(model, model.input('image', [1, 3, 224, 224]), 'stem', 3, 32, 3, { stride: 2 }), 'stem.relu6');
  let channels = 32;
  BOTTLENECKS.forEach(([expansion, width, repetitions, firstStride], group) => {
    for (let block = 0; block < repetitions; block++) {
      const name = `block${group + 1}.${block}`;
      const stride = block === 0 ? firstStride : 1;
      const hidden = channels * expansion;
      const wide = expansion === 1 ? x : relu6(conv(model, x, `${name}.expand`, channels, hidden, 1), `${name}.relu6a`);
      const deep = relu6(conv(model, wide, `${name}.depthwise`, hidden, hidden, 3, { stride, groups: hidden }), `${name}.relu6b`);
      const narrow = conv(model, deep, `${name}.project`, hidden, width, 1);
      x = stride === 1 && channels === width ? model.node('Add', [x, narrow], {}, `${name}.add`) : narrow;
      channels = width;
    }
  });
  return classifier(model, relu6(conv(model, x, 'head', 320, 1280, 1), 'head.relu6'), 1280, 1000);
}

/** Dong et al., 2016: FSRCNN(56, 12, 4), twice the size, 960x540 luminance. */
export function fsrcnn(): Uint8Array {
  const model = new ModelBuilder('fsrcnn');
  const prelu = (x: string, name: string, channels: number): string =>
    model.node('PRelu', [x, model.weight(`${name}.slope`, [channels, 1, 1])], {}, `${name}.prelu`);
  const layer = (x: string, name: string, inputs: number, outputs: number, kernel: number): string =>
    prelu(conv(model, x, name, inputs, outputs, kernel), name, outputs);
  let x = layer(model.input('luminance', [1, 1, 540, 960]), 'extract', 1, 56, 5);
  x = layer(x, 'shrink', 56, 12, 1);
  for (let index = 1; index <= 4; index++) x = layer(x, `map${index}`, 12, 12, 3);
  x = layer(x, 'expand', 12, 56, 1);
  const attributes = { kernel_shape: [9, 9], strides: [2, 2], pads: [4, 4, 4, 4], output_padding: [1, 1] };
  const y = model.node('ConvTranspose', [x, model.weight('deconv.weight', [56, 1, 9, 9]), model.weight('deconv.bias', [1])], attributes, 'deconv');
  model.output(y, [1, 1, 1080, 1920]);
  return model.bytes();
}
