import { definePlugin, InputError, type AuditSubject, type ReferenceRecord } from 'tessera-sim';
import { evaluateMapping, readTimeloopRecord, timeloopAudit, type TimeloopFigures } from 'tessera-sim/timeloop';

/** Figures of Timeloop for single mappings, worked out from problem, machine and mapping. */
const timeloopEstimateCrosscheck = definePlugin({
  kind: 'crosscheck',
  name: 'timeloop-estimate',
  version: '1.0.0',
  summary: "Works out Timeloop's cycles, energy and accesses of mappings (DOSA's records, and outputs with their levels)",
  sources: ['docs/plugins/crosschecks/timeloop-estimate.md'],
  recordKind: 'timeloop-estimate',
  configSchema: { type: 'object', additionalProperties: false, properties: {} },
  simulate,
  stated,
  audit,
});

const SPARSE = 'sparse_as_dense';

function simulate(record: ReferenceRecord): Readonly<Record<string, number>> {
  const { problem, machine, mapping, sparse } = readTimeloopRecord(record);
  const figures = evaluateMapping(problem, machine, mapping);
  // Sparseloop counts what is left after gating and skipping: our dense figures stand beside it under names of their own.
  if (sparse !== undefined) return { [`${SPARSE}.cycles`]: figures.cycles, [`${SPARSE}.computes`]: figures.computes };
  return {
    cycles: figures.cycles,
    computes: figures.computes,
    utilisation: figures.utilisation,
    utilization_pct: 100 * figures.utilisation,
    ...energy(figures),
    ...counts(figures),
  };
}

/** Only where the record states energies. Its levels state one, of the dearest action, which all accesses then cost: a bound from above. */
function energy({ energyPj, energyMissing, computes }: TimeloopFigures): Record<string, number> {
  if (energyMissing.length > 0) return {};
  // The tool prints two decimals.
  return { energy_uJ: Math.round(energyPj / 1e4) / 100, 'energy_breakdown.Total': (1000 * energyPj) / computes };
}

function counts({ levels }: TimeloopFigures): Record<string, number> {
  const named: Record<string, number> = {};
  for (const { level, spaces } of levels)
    for (const { space, kept, reads, fills, updates } of spaces) if (kept) Object.assign(named, namedCounts(level.name, space, { reads, fills, updates }));
  return named;
}

const COUNTS = ['reads', 'fills', 'updates'] as const;

function namedCounts(level: string, space: string, values: Readonly<Record<string, unknown>>): Record<string, number> {
  return Object.fromEntries(COUNTS.flatMap((count) => (typeof values[count] === 'number' ? [[`levels.${level}.${space}.${count}`, values[count]]] : [])));
}

/** Accesses that the tool counted; records hold them beside the levels of the machine. */
function stated({ config, expected, workload }: ReferenceRecord): Readonly<Record<string, number>> {
  const { densities = {} } = (workload['instance'] ?? {}) as { densities?: object };
  if (Object.keys(densities).length > 0)
    return Object.fromEntries(['cycles', 'computes'].flatMap((name) => (typeof expected[name] === 'number' ? [[`${SPARSE}.${name}`, expected[name]]] : [])));
  const levels = Array.isArray(config['levels']) ? (config['levels'] as Readonly<Record<string, unknown>>[]) : [];
  return Object.assign(
    {},
    ...levels.flatMap(({ name, dataspaces }) =>
      Object.entries((dataspaces ?? {}) as Record<string, Record<string, unknown>>).map(([space, values]) => namedCounts(String(name), space, values)),
    ),
  ) as Record<string, number>;
}

function audit(record: ReferenceRecord): AuditSubject {
  const { problem, machine, mapping, sparse } = readTimeloopRecord(record);
  if (sparse !== undefined)
    throw new InputError({ path: 'workload.instance.densities', message: `${sparse}: operations that are skipped are no bound`, expected: 'dense data' });
  const { cycles } = record.expected;
  return timeloopAudit(record.id, problem, machine, mapping, typeof cycles === 'number' ? cycles : undefined);
}

export default timeloopEstimateCrosscheck;
