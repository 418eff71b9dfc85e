import { InputError } from 'tessera-sim';

export type ScaleSimDataflow = 'os' | 'ws' | 'is';

/** A matrix product Y[m, n] = X[m, k] * W[k, n]; a convolution has output pixels, filters and kernel taps in their place. */
export interface ScaleSimLayer {
  readonly m: number;
  readonly n: number;
  readonly k: number;
  /** Of a convolution: where a tap of an output pixel lies in the image. */
  readonly window?: {
    readonly imageHeight: number;
    readonly imageWidth: number;
    readonly outputWidth: number;
    readonly filterWidth: number;
    readonly channels: number;
    readonly stride: number;
  };
}

export interface ScaleSimArray {
  readonly dataflow: ScaleSimDataflow;
  readonly rows: number;
  readonly columns: number;
}

/** Weights of which part is zero. */
export interface ScaleSimSparsity {
  /** Of every `of` weights at most `kept` are not zero. */
  readonly kept: number;
  readonly of: number;
  /** Row-wise, in blocks of this many rows; absent: the same pattern everywhere. */
  readonly block?: number;
}

/**
 * The product that a convolution comes to, as SCALE-Sim makes it: no padding, outputs ceil((size - filter + stride) / stride), so that the last
 * window may hang over the edge.
 */
export function convolutionLayer(conv: {
  readonly imageHeight: number;
  readonly imageWidth: number;
  readonly filterHeight: number;
  readonly filterWidth: number;
  readonly channels: number;
  readonly filters: number;
  readonly stride: number;
}): ScaleSimLayer {
  const { imageHeight, imageWidth, filterHeight, filterWidth, channels, filters, stride } = conv;
  const outputs = (size: number, filter: number): number => Math.ceil((size - filter + stride) / stride);
  const [outputHeight, outputWidth] = [outputs(imageHeight, filterHeight), outputs(imageWidth, filterWidth)];
  if (outputHeight < 1 || outputWidth < 1)
    throw new InputError({
      message: `a filter of ${filterHeight} x ${filterWidth} on ${imageHeight} x ${imageWidth}`,
      expected: 'an image that is no smaller',
    });
  return {
    m: outputHeight * outputWidth,
    n: filters,
    k: filterHeight * filterWidth * channels,
    window: { imageHeight, imageWidth, outputWidth, filterWidth, channels, stride },
  };
}

/** Address of X[m, k] in the image; -1 for a tap that hangs over the edge. Copies of one pixel have one address. */
export function inputAddress({ k: taps, window }: ScaleSimLayer, m: number, k: number): number {
  if (window === undefined) return m * taps + k;
  const { imageHeight, imageWidth, outputWidth, filterWidth, channels, stride } = window;
  const channel = k % channels;
  const tap = Math.floor(k / channels);
  const y = Math.floor(m / outputWidth) * stride + Math.floor(tap / filterWidth);
  const x = (m % outputWidth) * stride + (tap % filterWidth);
  return y < imageHeight && x < imageWidth ? (y * imageWidth + x) * channels + channel : -1;
}
