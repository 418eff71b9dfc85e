import { definePlugin, InputError, type Estimate, type LayerResult } from 'tessera-sim';
import { definesPoint, evaluateDefines, macsOf } from 'tessera-sim/defines';

interface DefinesConfig {
  readonly point?: Readonly<Record<string, unknown>>;
  readonly factorLimit?: number;
  readonly physical: boolean;
}

/** DeFiNES' model of a chain of layers that runs depth first. */
const definesEstimator = definePlugin<DefinesConfig>({
  kind: 'estimator',
  name: 'defines',
  version: '1.0.0',
  summary: "DeFiNES' model of depth-first chains: tiles, what overlaps recomputed or cached, copies between memories",
  sources: ['L. Mei et al., DeFiNES, HPCA 2023, arXiv:2212.05344'],
  configSchema: {
    type: 'object',
    additionalProperties: false,
    properties: {
      point: {
        type: 'object',
        additionalProperties: true,
        description: "The tool's own machine, chain and tile, in the form of `depth-first-estimate` records",
      },
      factorLimit: {
        type: 'integer',
        minimum: 1,
        maximum: 8,
        description: "Most factors of loops in time whose orders are looked at; default: the point's own",
      },
      physical: {
        type: 'boolean',
        default: false,
        description: 'Raise the cycles of a layer to what its array needs at least for all multiply-accumulates, where they are below',
      },
    },
  },
  estimate: ({ machine, config: { point: given, factorLimit, physical } }): Estimate => {
    if (given === undefined)
      throw new InputError({
        path: 'point',
        message: 'there is no point',
        expected: "DeFiNES' machine, chain and tile: our schedules do not say what its memory levels are",
      });
    const read = definesPoint(given, 'point.');
    const point = factorLimit === undefined ? read : { ...read, factorLimit };
    const found = evaluateDefines(point);
    const array = Object.values(point.core.array).reduce((all, size) => all * size, 1);
    const notes = [
      'tiles, copies and layers one after another; ports of one layer side by side',
      `best order of at most ${point.factorLimit} factors of loops for each layer of each kind of tile, by energy`,
    ];
    const layers = found.layers.map((cost): LayerResult => {
      const source = point.layers.find(({ id }) => id === cost.id);
      const macs = source === undefined ? 0 : macsOf(source.layer);
      const cycles = cost.idealCycles + cost.stallCycles + cost.onloadCycles + cost.copyCycles;
      const least = macs / array;
      if (physical && cycles < least) notes.push(`layer ${cost.id}: raised from ${cycles} to ${least} cycles of the array`);
      return {
        layer: source === undefined ? 'input' : String(cost.id),
        operator: source === undefined ? 'copy' : 'conv',
        macs,
        cycles: physical ? Math.max(cycles, least) : cycles,
        computeCycles: cost.idealCycles,
        energyPj: cost.energyPj,
      };
    });
    const cycles = layers.reduce((all, layer) => all + layer.cycles, 0);
    return { estimator: 'defines', notes, cycles, seconds: cycles / machine.referenceClock.frequencyHz, energyPj: found.energyPj, layers, resources: [] };
  },
});

export default definesEstimator;
