/** What collective algorithms are made of, for the built-in ones and for others: the extension point, the steps along a ring and those by multicast. */
export { collectiveAlgorithms, type CollectiveAlgorithm, type CollectiveOperator, type CollectiveProblem, type CollectiveStep } from 'tessera-sim';
export * from './multicast-steps.js';
export * from './ring-steps.js';
