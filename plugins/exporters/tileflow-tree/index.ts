import { definePlugin, InputError, type ExportedFile, type RunResult, type ScheduleResult } from 'tessera-sim';
import { tileflowYaml, treeOfLayers, type MappedLayer } from 'tessera-sim/tileflow';

/** The loop nests of a schedule as problem and tree of TileFlow. */
const tileflowTreeExporter = definePlugin<object>({
  kind: 'exporter',
  name: 'tileflow-tree',
  version: '1.0.0',
  summary: "The schedule's loop nests as problem and tree of TileFlow, layers one after the other",
  sources: ['docs/plugins/exporters/tileflow-tree.md'],
  configSchema: { type: 'object', description: 'No options', properties: {}, additionalProperties: false },
  needsTrace: false,
  needsSchedule: true,
  export: (results) => results.filter((result) => result.kind === 'schedule').map((result) => treeFile(result, results)),
});

function treeFile(result: ScheduleResult, all: readonly RunResult[]): ExportedFile {
  const { mappings = {}, layers = {} } = result.schedule ?? {};
  if (Object.keys(mappings).length === 0)
    throw new InputError({ path: 'outputs', message: `the schedule of '${result.name}' holds no loop nests`, expected: 'a mapper that states its mappings' });
  const mapped = Object.entries(mappings).map(([name, nest]): MappedLayer => {
    const layer = layers[name];
    if (layer?.operands === undefined)
      throw new InputError({
        path: `layers.${name}`,
        message: `the schedule does not say what layer '${name}' reads`,
        expected: 'loops and operands of the layer',
      });
    const operands = Object.entries(layer.operands).map(([operand, { tensor, role, map }]) => ({ name: operand, tensor, isOutput: role === 'output', map }));
    return { name, loops: layer.loops, operands, nest };
  });
  const { problem, tree } = treeOfLayers(mapped);
  const prefix = all.length === 1 ? '' : `${result.name.replaceAll(/[^\w.=-]+/g, '_')}.`;
  return { name: `${prefix}tileflow.yaml`, content: tileflowYaml(problem, tree) };
}

export default tileflowTreeExporter;
