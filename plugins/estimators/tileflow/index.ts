import { definePlugin, type Estimate, type EstimatorInput } from 'tessera-sim';
import { tileflowCase, tileflowEstimate, treeOfSchedule } from 'tessera-sim/tileflow';

interface TileflowConfig {
  readonly physical: boolean;
  readonly tree?: Readonly<Record<string, unknown>>;
}

/** TileFlow's model of a tree of tiles. */
const tileflowPlugin = definePlugin<TileflowConfig>({
  kind: 'estimator',
  name: 'tileflow',
  version: '1.0.0',
  summary: "TileFlow's model: movements of a tree of tiles and scopes, each memory drawn out by its rates",
  sources: ['S. Zheng et al., TileFlow: A Framework for Modeling Fusion Dataflow via Tree-based Analysis, MICRO 2023'],
  configSchema: {
    type: 'object',
    additionalProperties: false,
    properties: {
      physical: { type: 'boolean', default: false, description: 'Raise the estimate to what memories and multipliers can do at most, where it is below' },
      tree: {
        type: 'object',
        additionalProperties: true,
        description: "The tool's own machine, problem and tree, in the form of `fused-tree-estimate` records; default: the schedule's mappings on the machine",
      },
    },
  },
  estimate,
});

function estimate({ workload, machine, schedule, config: { physical, tree } }: EstimatorInput<TileflowConfig>): Estimate {
  const subject = tree === undefined ? treeOfSchedule(workload, machine, schedule) : tileflowCase(tree, 'tree.');
  return tileflowEstimate(subject, undefined, physical, machine.referenceClock.frequencyHz);
}

export default tileflowPlugin;
