export { operatorSemantics, type LayerFacts, type OperatorSemantics, type PointValues } from './semantics.js';
export type { Arithmetic, Scalar } from './scalar.js';
export type { ComparedTensor, FunctionalResult, ValueDifference } from './functional-result.js';
