import { definePlugin, InputError, type Estimate, type EstimatorInput, type LayerResult } from 'tessera-sim';
import {
  evaluateZigzag,
  product,
  zigzagBound,
  zigzagCase,
  zigzagCoreOf,
  zigzagLayer,
  zigzagMappingOf,
  type ZigzagCase,
  type ZigzagEvaluation,
} from 'tessera-sim/zigzag';

interface ZigzagLatencyConfig {
  readonly physical: boolean;
  readonly layers?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** ZigZag's model on a given mapping: periods and windows of every port, stalls, first loads and last stores. */
const zigzagLatencyPlugin = definePlugin<ZigzagLatencyConfig>({
  kind: 'estimator',
  name: 'zigzag-latency',
  version: '1.0.0',
  summary: "ZigZag's latency model: ports, windows, stalls, on- and off-loading of each layer's mapping",
  sources: ['L. Mei et al., A Uniform Latency Model for DNN Accelerators with Diverse Architectures and Dataflows, DATE 2022; ZigZag 3.8'],
  configSchema: {
    type: 'object',
    additionalProperties: false,
    properties: {
      physical: { type: 'boolean', default: false, description: 'Raise the estimate of a layer to what its ports can move at most, where it is below' },
      layers: {
        type: 'object',
        additionalProperties: { type: 'object', additionalProperties: true },
        description:
          "The tool's own machine and mapping of each layer, in the form of `core-estimate` records; default: the machine and the schedule's mappings",
      },
    },
  },
  estimate: (input) => estimate(input),
});

function estimate({ workload, machine, schedule, config: { physical, layers: given } }: EstimatorInput<ZigzagLatencyConfig>): Estimate {
  const notes = ['ports work side by side; transfers of one period borrow what ports have to spare', 'layers follow one another, each from a cold start'];
  const layers = workload.layers
    .filter((layer) => layer.class !== 'view')
    .map((layer): LayerResult => {
      const own = given?.[layer.name];
      const evaluation = evaluated(own === undefined ? derived() : zigzagCase(own, `layers.${layer.name}.`));
      const bound = zigzagBound(evaluation);
      const raised = physical && evaluation.latency.total2 < bound.cycles;
      if (raised)
        notes.push(`${layer.name}: raised from ${Math.round(evaluation.latency.total2)} to the ${Math.round(bound.cycles)} cycles of ${bound.resource}`);
      return {
        layer: layer.name,
        operator: layer.operator,
        macs: layer.class === 'mac' ? product(Object.values(layer.loops)) : 0,
        cycles: raised ? bound.cycles : evaluation.latency.total2,
        computeCycles: evaluation.latency.idealGivenSpatialMapping,
        ...(evaluation.energy.totalPj > 0 ? { energyPj: evaluation.energy.totalPj } : {}),
      };

      function derived(): ZigzagCase {
        const nest = schedule.mappings?.[layer.name];
        if (nest === undefined)
          throw new InputError({
            path: `schedule.mappings.${layer.name}`,
            message: `there is no mapping of layer '${layer.name}'`,
            expected: "a loop nest, or the tool's own under 'layers'",
          });
        const own = zigzagLayer(workload, layer);
        const unrolled = product(nest.levels.flatMap(({ loops }) => loops.filter(({ kind }) => kind === 'spatial').map(({ size }) => size)));
        const core = zigzagCoreOf(machine, unrolled);
        return { id: layer.name, core, layer: own, mapping: zigzagMappingOf(own, nest, core) };
      }
    });
  const cycles = layers.reduce((all, layer) => all + layer.cycles, 0);
  const energies = layers.map(({ energyPj }) => energyPj);
  return {
    estimator: 'zigzag-latency',
    notes,
    cycles,
    seconds: cycles / machine.referenceClock.frequencyHz,
    ...(energies.every((pj) => pj !== undefined) ? { energyPj: energies.reduce<number>((all, pj) => all + pj!, 0) } : {}),
    layers,
    resources: [],
  };
}

const evaluated = ({ core, layer, mapping }: ZigzagCase): ZigzagEvaluation => evaluateZigzag(core, layer, mapping);

export default zigzagLatencyPlugin;
