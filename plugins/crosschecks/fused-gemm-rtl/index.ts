import { definePlugin, type AuditSubject, type CrosscheckContext, type ReferenceRecord } from 'tessera-sim';
import { measureRtl, onChipBits, rtlConfig, rtlFusedSchedule, wholeNumber, type RtlFused } from 'tessera-sim/tileflow-rtl';

/** Fused pairs of products on TileFlow's accelerator, simulated on scenarios/machines/tileflow-rtl.yaml. */
const fusedGemmRtlCrosscheck = definePlugin({
  kind: 'crosscheck',
  name: 'fused-gemm-rtl',
  version: '1.0.0',
  summary: 'Simulates RTL records of fused pairs of GEMMs (TileFlow) on a machine of blocks',
  sources: ['docs/plugins/crosschecks/fused-gemm-rtl.md'],
  recordKind: 'fused-gemm-rtl',
  configSchema: { type: 'object', additionalProperties: false, properties: {} },
  simulate,
  audit,
});

async function simulate(record: ReferenceRecord, { run }: CrosscheckContext): Promise<Readonly<Record<string, number>>> {
  const shape = shapeOf(record);
  const counts = await measureRtl(record, (wordBytes) => rtlFusedSchedule(shape, wordBytes), run);
  const { toRegisters, fromRegisters } = onChipBits(record, counts);
  return {
    cycles: counts.cycles,
    memory_to_buffer_bits: counts.loadedBits,
    buffer_to_memory_bits: counts.storedBits,
    buffer_to_register_bits: toRegisters,
    register_to_buffer_bits: fromRegisters,
  };
}

function shapeOf({ workload, ...record }: ReferenceRecord): RtlFused {
  const { tile } = (record['schedule'] ?? {}) as { tile?: unknown };
  const { first, second } = workload as { first?: unknown; second?: unknown };
  const part = (key: string): number => wholeNumber(tile, key, 'schedule.tile');
  return {
    M: wholeNumber(first, 'M', 'workload.first'),
    L: wholeNumber(first, 'N', 'workload.first'),
    K: wholeNumber(first, 'K', 'workload.first'),
    N: wholeNumber(second, 'N', 'workload.second'),
    m: part('m'),
    k: part('k'),
    l: part('l'),
  };
}

function audit(record: ReferenceRecord): AuditSubject {
  const { M, L, K, N, m } = shapeOf(record);
  const { macsPerCycle, load, store } = rtlConfig(record);
  const { TileFlow_cycles: estimated } = (record['estimates'] ?? {}) as { TileFlow_cycles?: unknown };
  return {
    name: record.id,
    ...(typeof estimated === 'number' ? { estimator: 'tileflow', estimatedCycles: estimated } : {}),
    demands: [
      { resource: 'array', kind: 'compute', amount: M * K * L + M * L * N, unit: 'MACs', perCycle: macsPerCycle },
      { resource: 'load DMA', kind: 'port', amount: M * K + Math.ceil(M / m) * (K * L + L * N), unit: 'words', perCycle: load },
      { resource: 'store DMA', kind: 'port', amount: M * N, unit: 'words', perCycle: store },
    ],
  };
}

export default fusedGemmRtlCrosscheck;
