import { definePlugin, type ReferenceRecord } from 'tessera-sim';
import { DIRECTIONS, evaluateZigzag, zigzagAudit, zigzagCase } from 'tessera-sim/zigzag';

/** ZigZag's estimates of one layer on one core, worked out from machine, layer and mapping. */
const coreEstimateCrosscheck = definePlugin({
  kind: 'crosscheck',
  name: 'core-estimate',
  version: '1.0.0',
  summary: "Works out ZigZag's cycles, energy and word accesses of a layer, and what its ports must move",
  sources: ['docs/plugins/crosschecks/core-estimate.md'],
  recordKind: 'core-estimate',
  configSchema: { type: 'object', additionalProperties: false, properties: {} },
  simulate,
  audit: (record) => {
    const { id, core, layer, mapping } = zigzagCase(record);
    return zigzagAudit(id, evaluateZigzag(core, layer, mapping), estimateOf(record));
  },
});

function estimateOf(record: ReferenceRecord): number | undefined {
  const { total2 } = (record['latency_cycles'] ?? {}) as { total2?: unknown };
  return typeof total2 === 'number' ? total2 : undefined;
}

function simulate(record: ReferenceRecord): Readonly<Record<string, number>> {
  const { core, layer, mapping } = zigzagCase(record);
  const { latency, energy, words } = evaluateZigzag(core, layer, mapping);
  const figures: Record<string, number> = {
    'latency_cycles.ideal_full_array': latency.idealFullArray,
    'latency_cycles.ideal_given_spatial_mapping': latency.idealGivenSpatialMapping,
    'latency_cycles.stall': latency.stall,
    'latency_cycles.computation_total0': latency.computation,
    'latency_cycles.onloading': latency.onloading,
    'latency_cycles.total1': latency.total1,
    'latency_cycles.offloading': latency.offloading,
    'latency_cycles.total2': latency.total2,
    'energy_pJ.total': energy.totalPj,
    'energy_pJ.mac': energy.macPj,
    'energy_pJ.memory': energy.memoryPj,
  };
  for (const [operand, levels] of Object.entries(energy.levelsPj))
    levels.forEach((pj, level) => (figures[`energy_pJ.per_operand_level.${operand}.${level}`] = pj));
  for (const [operand, levels] of Object.entries(words))
    levels.forEach((moved, level) => DIRECTIONS.forEach((direction) => (figures[`word_accesses.${operand}.${level}.${direction}`] = moved[direction])));
  return figures;
}

export default coreEstimateCrosscheck;
