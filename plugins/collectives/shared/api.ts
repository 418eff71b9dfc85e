/** What collective algorithms are made of, for the built-in ones and for others: the extension point and the steps along a ring. */
export { collectiveAlgorithms, type CollectiveAlgorithm, type CollectiveOperator, type CollectiveProblem, type CollectiveStep } from '../../../core/index.js';
export * from './ring-steps.js';
