import { definePlugin, experimentsOf, folderNames, type ExportedFile, type ExperimentResult } from 'tessera-sim';
import { dramPowerText, type CommandRow } from 'tessera-sim/dram';

/** Command traces of `memory-trace` runs with `keepCommands`, for DRAMPower or a JEDEC checker. */
export const dramCommandsExporter = definePlugin({
  kind: 'exporter',
  name: 'dram-commands',
  version: '1.0.0',
  summary: 'DRAM command traces of memory-trace runs, in the form of DRAMPower and as plain text',
  sources: ['DRAMPower 4 command traces: timestamp,command,bank'],
  needsTrace: false,
  configSchema: { type: 'object', additionalProperties: false, properties: {} },
  export: (results) => {
    const experiments = experimentsOf(results);
    const names = folderNames(experiments.map(({ name }) => name));
    return experiments.flatMap((result, i) => filesOf(result, names[i]!));
  },
});

/** @param name of the run, as file systems take it. */
function filesOf(result: ExperimentResult, name: string): ExportedFile[] {
  const rows = result.tables?.['commands'] as readonly CommandRow[] | undefined;
  if (rows === undefined) return [];
  const ranks = [...new Set(rows.map((row) => row.rank))].sort((a, b) => a - b);
  const header = 'tick, command, rank, stack, group, bank, row';
  const lines = rows.map((row) => [row.tick, row.command, row.rank, row.stack, row.group, row.bank, row.row].join(', '));
  return [
    { name: `${name}.commands.txt`, content: `# ${header}\n${lines.join('\n')}\n` },
    ...ranks.map((rank) => ({ name: `${name}.rank${rank}.drampower.csv`, content: dramPowerText(rows, rank) })),
  ];
}

export default dramCommandsExporter;
