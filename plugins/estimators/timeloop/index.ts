import { definePlugin, type Estimate, type EstimatorInput } from 'tessera-sim';
import { evaluateMapping, mappingDemands, toEstimate } from 'tessera-sim/timeloop';
import { estimateOfNests } from './estimate-nests.js';
import { givenCase, type TimeloopConfig } from './given-case.js';

/** Timeloop's model: a mapping takes as long as the slowest of the arithmetic and the ports of its levels. */
const timeloopEstimator = definePlugin<TimeloopConfig>({
  kind: 'estimator',
  name: 'timeloop',
  version: '1.0.0',
  summary: "Timeloop's model: the slowest of the arithmetic and of each level's words over its bandwidth, for loop nests on any hierarchy",
  sources: ['Parashar et al., Timeloop, ISPASS 2019', 'docs/plugins/estimators/timeloop.md'],
  configSchema: {
    type: 'object',
    additionalProperties: false,
    properties: {
      architecture: {
        type: 'object',
        description: "Timeloop's own `architecture`, as in its file; absent: the scenario's machine",
        additionalProperties: true,
      },
      problem: { type: 'object', description: "Timeloop's own `problem`; with an architecture", additionalProperties: true },
      mapping: {
        type: 'array',
        description: "Timeloop's own `mapping`: directives; with an architecture",
        items: { type: 'object', additionalProperties: true },
      },
      ERT: { type: 'object', description: 'Energy table of Accelergy for the architecture', additionalProperties: true },
      physical: { type: 'boolean', default: false, description: 'Raise the estimate to the largest bound of ports and arithmetic' },
    },
  },
  estimate,
});

function estimate(input: EstimatorInput<TimeloopConfig>): Estimate {
  const given = givenCase(input.config);
  if (given === undefined) return estimateOfNests(input);
  const { problem, machine, mapping } = given;
  const plain = toEstimate(problem, evaluateMapping(problem, machine, mapping), input.machine.referenceClock.frequencyHz);
  if (!input.config.physical) return plain;
  const bound = mappingDemands(problem, machine, mapping).demands.reduce((most, { amount, perCycle }) => Math.max(most, Math.ceil(amount / perCycle)), 0);
  if (bound <= plain.cycles) return plain;
  return {
    ...plain,
    cycles: bound,
    seconds: (plain.seconds / plain.cycles) * bound,
    notes: [...plain.notes, `raised from ${plain.cycles} to the largest bound`],
  };
}

export default timeloopEstimator;
