import { definePlugin, InputError, type AuditSubject, type CrosscheckContext, type ReferenceRecord } from 'tessera-sim';
import { fusedOnChipWords, rtlFusedSchedule, rtlMachine, wholeNumber, type RtlFused } from 'tessera-sim/tileflow-rtl';

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
  if (run === undefined) throw new InputError({ message: 'there is no machine to run it on' });
  const shape = shapeOf(record);
  const { simulation, violations, blocks } = await run({ machine: rtlMachine(record), schedule: rtlFusedSchedule(shape) });
  if (violations.length > 0) throw new InputError({ message: violations[0]!.message });
  const moved = (path: string): number => 8 * (blocks.find((block) => block.path === path)?.statistics['bytes']?.value ?? 0);
  const words = fusedOnChipWords(shape);
  const bits = wholeNumber(record.config, 'word_bits', 'config');
  return {
    cycles: simulation.cycles,
    memory_to_buffer_bits: moved('load'),
    buffer_to_memory_bits: moved('store'),
    buffer_to_register_bits: bits * words.toRegisters,
    register_to_buffer_bits: bits * words.fromRegisters,
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
  const rate = (key: string): number => wholeNumber(record.config, key, 'config');
  const { TileFlow_cycles: estimated } = (record['estimates'] ?? {}) as { TileFlow_cycles?: unknown };
  return {
    name: record.id,
    ...(typeof estimated === 'number' ? { estimator: 'tileflow', estimatedCycles: estimated } : {}),
    demands: [
      { resource: 'array', kind: 'compute', amount: M * K * L + M * L * N, unit: 'MACs', perCycle: rate('mac_per_cycle') },
      { resource: 'load DMA', kind: 'port', amount: Math.ceil(M / m) * (m * K + K * L + L * N), unit: 'words', perCycle: rate('load_words_per_cycle') },
      { resource: 'store DMA', kind: 'port', amount: M * N, unit: 'words', perCycle: rate('store_words_per_cycle') },
    ],
  };
}

export default fusedGemmRtlCrosscheck;
