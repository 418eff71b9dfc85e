import type { OperatorReader } from '../node-context.js';
import { ATTENTION } from './attention.js';
import { CONSTANTS } from './constants.js';
import { CONV_TRANSPOSE } from './conv-transpose.js';
import { CONVOLUTION } from './convolution.js';
import { EINSUM } from './einsum.js';
import { ELEMENTWISE } from './elementwise.js';
import { MATRIX } from './matrix.js';
import { NORMALISATION } from './normalisation.js';
import { POOLING } from './pooling.js';
import { QUANTISATION } from './quantisation.js';
import { RECURRENT } from './recurrent.js';
import { REDUCTION } from './reduction.js';
import { RESHAPING } from './reshaping.js';
import { RESIZING } from './resizing.js';
import { SLICING } from './slicing.js';

/** Every operator that the reader knows, by its ONNX name; names that ONNX Runtime and exporters add mean the same in any domain. */
export const OPERATORS: ReadonlyMap<string, OperatorReader> = new Map(
  [
    ATTENTION,
    CONSTANTS,
    CONV_TRANSPOSE,
    CONVOLUTION,
    EINSUM,
    ELEMENTWISE,
    MATRIX,
    NORMALISATION,
    POOLING,
    QUANTISATION,
    RECURRENT,
    REDUCTION,
    RESHAPING,
    RESIZING,
    SLICING,
  ].flatMap((group) => Object.entries(group)),
);
