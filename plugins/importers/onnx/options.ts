import type { JsonSchema } from 'tessera-sim';

/** Configuration of the importer. */
export interface OnnxOptions {
  /** Sizes of symbolic dimensions by name (`batch`), or of unnamed ones by tensor and position (`input.0`). */
  readonly dims?: Readonly<Record<string, number>>;
  /** Number formats in place of the file's. */
  readonly formats?: { readonly weights?: string; readonly activations?: string; readonly partialSums?: string };
}

export const onnxOptionsSchema: JsonSchema = {
  type: 'object',
  description: 'How to read an ONNX model',
  additionalProperties: false,
  properties: {
    dims: {
      type: 'object',
      description: 'Sizes of symbolic dimensions by their name, or of unnamed ones by tensor and position, e.g. `{ batch: 1, "input.0": 1 }`',
      additionalProperties: { type: 'integer', minimum: 1, description: 'Size of the dimension' },
    },
    formats: {
      type: 'object',
      description: 'Number formats in place of those in the file',
      additionalProperties: false,
      properties: {
        weights: { type: 'string', description: 'Format of constants with two or more dimensions, e.g. `int8` or `mxfp4`' },
        activations: { type: 'string', description: 'Format of inputs, outputs and what lies between layers' },
        partialSums: { type: 'string', description: 'Format of sums that are not finished' },
      },
    },
  },
};
