/** What the networks that copy and combine messages share: who is at which node, groups, sums that are under way, tables for the report. */
export { Beginnings } from './beginnings.js';
export { exchangeTargets, firstAtEachNode, type GroupTargets, type Target } from './groups.js';
export { NodePorts } from './node-ports.js';
export { packetsOf, planReduction, type PlannedReduction, type ReductionShape } from './plan-reduction.js';
export { Reduction, type ReductionTree, type ReductionWay } from './reduction.js';
export { Reductions, type Membership } from './reductions.js';
export { latencyTable, reductionTable } from './report-tables.js';
export { Reservations, type Claim } from './reservations.js';
export { routerActions, type RouterEnergies } from './router-actions.js';
