import { definePlugin, type ReferenceRecord } from 'tessera-sim';
import { chainBounds, definesPoint, evaluateDefines, type DefinesPoint } from 'tessera-sim/defines';

/** DeFiNES' estimates of chains that run depth first, worked out from machine, chain and tile. */
const depthFirstEstimateCrosscheck = definePlugin({
  kind: 'crosscheck',
  name: 'depth-first-estimate',
  version: '1.0.0',
  summary: "Works out DeFiNES' cycles and energy of a chain of layers in tiles",
  sources: ['docs/plugins/crosschecks/depth-first-estimate.md'],
  recordKind: 'depth-first-estimate',
  configSchema: { type: 'object', additionalProperties: false, properties: {} },
  simulate,
  audit: (record) => {
    const point = definesPoint(record);
    const { total_latency1_cycles: cycles } = record;
    return { name: point.id, estimator: 'defines', ...(typeof cycles === 'number' ? { estimatedCycles: cycles } : {}), demands: chainBounds(point) };
  },
});

/**
 * The reference points were run with five factors of loops at most (docs/plugins/crosschecks/depth-first-estimate.md), although their
 * configuration says six.
 */
const FACTORS_OF_THE_RUNS = 5;
const asRun = (record: ReferenceRecord): DefinesPoint => ({ ...definesPoint(record), factorLimit: FACTORS_OF_THE_RUNS });

function simulate(record: ReferenceRecord): Readonly<Record<string, number>> {
  const found = evaluateDefines(asRun(record));
  return {
    total_latency1_cycles: found.latency1Cycles,
    total_energy_pJ: found.energyPj,
    'latency_breakdown.ideal_compute': found.idealCycles,
    'latency_breakdown.stall': found.stallCycles,
    'latency_breakdown.onload': found.onloadCycles,
    'latency_breakdown.data_copy': found.copyCycles,
  };
}

export default depthFirstEstimateCrosscheck;
