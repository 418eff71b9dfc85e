import { definePlugin, InputError, type ExportedFile, type RunResult, type ScheduleResult } from 'tessera-sim';
import { zigzagMappingYaml } from 'tessera-sim/zigzag';

/** The loop nests of a schedule as a mapping file of ZigZag. */
const zigzagMappingExporter = definePlugin<object>({
  kind: 'exporter',
  name: 'zigzag-mapping',
  version: '1.0.0',
  summary: "The schedule's loop nests as a mapping file of ZigZag: unrolling and order of loops of each layer",
  sources: ['docs/plugins/exporters/zigzag-mapping.md'],
  configSchema: { type: 'object', description: 'No options', properties: {}, additionalProperties: false },
  needsTrace: false,
  needsSchedule: true,
  export: (results) => results.filter((result) => result.kind === 'schedule').map((result) => mappingFile(result, results)),
});

function mappingFile(result: ScheduleResult, all: readonly RunResult[]): ExportedFile {
  const mappings = result.schedule?.mappings;
  if (mappings === undefined || Object.keys(mappings).length === 0)
    throw new InputError({ path: 'outputs', message: `the schedule of '${result.name}' holds no loop nests`, expected: 'a mapper that states its mappings' });
  const prefix = all.length === 1 ? '' : `${result.name.replaceAll(/[^\w.=-]+/g, '_')}.`;
  return { name: `${prefix}zigzag-mapping.yaml`, content: zigzagMappingYaml(mappings) };
}

export default zigzagMappingExporter;
