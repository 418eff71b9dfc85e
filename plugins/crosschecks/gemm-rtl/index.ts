import { definePlugin, type AuditSubject, type CrosscheckContext, type ReferenceRecord } from 'tessera-sim';
import { measureRtl, rtlConfig, rtlGemmSchedule, wholeNumber, type RtlGemm } from 'tessera-sim/tileflow-rtl';

/** Single products on TileFlow's accelerator, simulated on scenarios/machines/tileflow-rtl.yaml. */
const gemmRtlCrosscheck = definePlugin({
  kind: 'crosscheck',
  name: 'gemm-rtl',
  version: '1.0.0',
  summary: 'Simulates RTL records of single GEMMs (TileFlow) on a machine of blocks',
  sources: ['docs/plugins/crosschecks/gemm-rtl.md'],
  recordKind: 'gemm-rtl',
  configSchema: { type: 'object', additionalProperties: false, properties: {} },
  simulate,
  audit,
});

async function simulate(record: ReferenceRecord, { run }: CrosscheckContext): Promise<Readonly<Record<string, number>>> {
  const shape = shapeOf(record);
  const { cycles, loadedBits, storedBits } = await measureRtl(record, (wordBytes) => rtlGemmSchedule(shape, wordBytes), run);
  return { cycles, memory_to_buffer_bits: loadedBits, buffer_to_memory_bits: storedBits };
}

function shapeOf({ workload, ...record }: ReferenceRecord): RtlGemm {
  const { tile } = (record['schedule'] ?? {}) as { tile?: unknown };
  const size = (key: string): number => wholeNumber(workload, key, 'workload');
  const part = (key: string): number => wholeNumber(tile, key, 'schedule.tile');
  return { M: size('M'), N: size('N'), K: size('K'), m: part('M'), n: part('N'), k: part('K') };
}

function audit(record: ReferenceRecord): AuditSubject {
  const { M, N, K, m, n } = shapeOf(record);
  const { macsPerCycle, load, store } = rtlConfig(record);
  const loaded = M * K * Math.ceil(N / n) + K * N * Math.ceil(M / m);
  return {
    name: record.id,
    demands: [
      { resource: 'array', kind: 'compute', amount: M * N * K, unit: 'MACs', perCycle: macsPerCycle },
      { resource: 'load DMA', kind: 'port', amount: loaded, unit: 'words', perCycle: load },
      { resource: 'store DMA', kind: 'port', amount: M * N, unit: 'words', perCycle: store },
    ],
  };
}

export default gemmRtlCrosscheck;
