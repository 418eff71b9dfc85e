import { definePlugin, InputError, type ExportedFile, type LoopNest, type RunResult, type ScheduleResult } from 'tessera-sim';
import { fromNest, namesOfNest, writeDirectives } from 'tessera-sim/timeloop';
import { stringify } from 'yaml';

/** Loop nests of a schedule as mappings that Timeloop reads. */
const timeloopMapExporter = definePlugin<object>({
  kind: 'exporter',
  name: 'timeloop-map',
  version: '1.0.0',
  summary: "The mapping of each layer as Timeloop's directives (`LAYER.map.yaml`)",
  sources: ['docs/plugins/exporters/timeloop-map.md'],
  configSchema: { type: 'object', description: 'No options', properties: {}, additionalProperties: false },
  needsTrace: false,
  needsSchedule: true,
  export: (results) => results.filter((result) => result.kind === 'schedule').flatMap((result) => mapFiles(result, results)),
});

function mapFiles(result: ScheduleResult, all: readonly RunResult[]): ExportedFile[] {
  const mappings = Object.entries(result.schedule?.mappings ?? {});
  if (mappings.length === 0)
    throw new InputError({
      path: 'outputs',
      message: `the schedule of '${result.name}' holds no loop nests`,
      expected: 'a mapper that emits them, e.g. layer-by-layer or given-nests',
    });
  const prefix = all.length === 1 ? '' : `${result.name.replaceAll(/[^\w.=-]+/g, '_')}.`;
  return mappings.map(([layer, nest]) => ({ name: `${prefix}${layer.replaceAll(/[^\w.=-]+/g, '_')}.map.yaml`, content: mapText(nest) }));
}

/** A nest as the text of a `map.yaml`. */
export function mapText(nest: LoopNest): string {
  const names = namesOfNest(nest);
  const spaces = [...names.spaces.values()].map((name) => ({ name, readWrite: name === 'Outputs', axes: [] }));
  const mapping = writeDirectives(fromNest(nest, names), { dimensions: [...names.dimensions.values()], dataSpaces: spaces });
  return stringify({ mapping }, { lineWidth: 140 });
}

export default timeloopMapExporter;
