import { zigzagBound, type ZigzagEvaluation } from '../../../../plugins/lib/zigzag/index.js';

/** Whether the estimate is below a bound. */
export const auditDemands = (evaluation: ZigzagEvaluation): boolean => evaluation.latency.total2 * (1 + 1e-9) < zigzagBound(evaluation).cycles;
