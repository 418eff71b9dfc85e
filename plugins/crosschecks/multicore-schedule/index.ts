import { definePlugin, type ReferenceRecord } from 'tessera-sim';
import { figuresOf, lowerBoundCycles, readSetRecord, setAudit, type SetSchedule } from 'tessera-sim/set';

/** Figures of whole schedules that SET made, worked out from the schedule alone. */
const multicoreScheduleCrosscheck = definePlugin({
  kind: 'crosscheck',
  name: 'multicore-schedule',
  version: '1.0.0',
  summary: "Works out traffic, busiest link and longest path of SET's schedules",
  sources: ['docs/plugins/crosschecks/multicore-schedule.md'],
  recordKind: 'multicore-schedule',
  configSchema: { type: 'object', additionalProperties: false, properties: {} },
  simulate,
  audit: (record) => setAudit(readSetRecord(record), estimateOf(record)),
});

function simulate(record: ReferenceRecord): Readonly<Record<string, number>> {
  const schedule = readSetRecord(record);
  return { ...exactFigures(schedule), lower_bound_cycles: lowerBoundCycles(schedule) };
}

function exactFigures(schedule: SetSchedule): Record<string, number> {
  const figures = figuresOf(schedule);
  const exact: Record<string, number> = {
    operations: figures.operations,
    transfers: figures.transfers,
    dram_bytes: figures.dramReadBytes + figures.dramWriteBytes,
    dram_read_bytes: figures.dramReadBytes,
    dram_write_bytes: figures.dramWriteBytes,
    core_to_core_bytes: figures.coreToCoreBytes,
    byte_hops: figures.byteHops,
    busiest_link_bytes: figures.busiestLinkBytes,
    busiest_core_compute_cycles: figures.busiestCoreCycles,
    makespan_free_transfers_cycles: figures.makespanFreeTransfersCycles,
  };
  for (const [core, kb] of figures.peakBufferKb) exact[`peak_buffer_KB.${core}`] = kb;
  return Object.fromEntries(Object.entries(exact).map(([name, value]) => [`exact.${name}`, value]));
}

function estimateOf({ expected }: ReferenceRecord): number | undefined {
  const { cycles } = (expected['estimate'] ?? {}) as { cycles?: unknown };
  return typeof cycles === 'number' ? cycles : undefined;
}

export default multicoreScheduleCrosscheck;
