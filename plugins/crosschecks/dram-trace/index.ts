import { definePlugin, type ReferenceRecord, type ToolContext } from 'tessera-sim';
import { referenceCommands, referenceEnergy, referenceMetrics, runRecord } from 'tessera-sim/dram';

/** Runs `dram-trace` records of Ramulator 2.1 and DRAMsim3 through the DRAM engine. */
const dramTraceCrosscheck = definePlugin({
  kind: 'crosscheck',
  name: 'dram-trace',
  version: '1.0.0',
  summary: 'Runs records of Ramulator 2.1 and DRAMsim3 (synthetic traces) through the DRAM engine',
  sources: ['docs/models/dram.md'],
  recordKind: 'dram-trace',
  configSchema: { type: 'object', additionalProperties: false, properties: {} },
  simulate,
});

/** The reference's own names; those inside its objects with a dot: `commands.ACT`, `energy_pJ_per_tCKns_units.total`. */
function simulate(record: ReferenceRecord, context: ToolContext): Readonly<Record<string, number>> {
  const run = runRecord(record.config, record.workload, undefined, { shouldStop: () => context.shouldStop() });
  const commands = referenceCommands(run);
  const expected = Object.keys(Object(record.expected['commands']));
  const metrics = referenceMetrics(run);
  for (const name of new Set([...expected, ...Object.keys(commands)])) metrics[`commands.${name}`] = commands[name] ?? 0;
  const energy = referenceEnergy(run);
  if (energy !== undefined) {
    for (const [name, value] of Object.entries(energy)) metrics[`energy_pJ_per_tCKns_units.${name}`] = value;
  }
  return metrics;
}

export default dramTraceCrosscheck;
