import { formatRegistryWith, type ImportSource, type NumberFormat, operatorName, usedFormats, type Workload } from 'tessera-sim';
import { decodeModel } from './decode.js';
import { finishWorkload } from './finish.js';
import { compareShapes, readDeclaredShapes, readGraphInputs, readInitializers } from './graph-inputs.js';
import { GraphState } from './graph-state.js';
import { inlineFunctions } from './inline.js';
import { toNumber, type GraphMessage, type ModelMessage } from './messages.js';
import type { OnnxOptions } from './options.js';
import { readsOf } from './order-nodes.js';
import { readNodes } from './read-nodes.js';

const SPATIAL = /^(conv|fusedconv|convinteger|convtranspose|maxpool|averagepool|global\w+pool)$/;

/**
 * An ONNX model as a workload. Shapes come from the graph's inputs and initializers through every operator; the file's
 * own intermediate shapes are only compared. Throws InputError naming file, node or tensor, and what was expected.
 * @param registered number formats of plugins, beside the standard ones
 */
export function readOnnx(source: ImportSource, options: OnnxOptions = {}, registered: readonly NumberFormat[] = []): Workload {
  const model = decodeModel(source.bytes, source.fileName);
  const opsets = new Map(model.opsetImport.map(({ domain, version }) => [domain === 'ai.onnx' ? '' : (domain ?? ''), toNumber(version)]));
  const main = model.graph!;
  const spatial =
    main.node.some((node) => SPATIAL.test(operatorName(node.opType))) ||
    model.functions.some((body) => body.node.some((node) => SPATIAL.test(operatorName(node.opType))));
  const state = new GraphState(source, opsets, spatial);
  checkOptions(state, main, options, registered);
  const graph = inlineFunctions(state, model, main);
  readInitializers(state, graph);
  readGraphInputs(state, graph, options);
  readDeclaredShapes(state, graph, options);
  const outputs = graphOutputs(state, graph);
  countUses(state, graph);
  readNodes(state, graph);
  compareShapes(state, graph);
  checkOutputs(state, outputs);
  if (state.layers.length === 0)
    throw state.error(
      'graph',
      state.firstEmpty === undefined ? 'the graph has no layers: nothing depends on its inputs' : `the graph has no layers. ${state.firstEmpty}`,
      'a graph with at least one operator on an input',
    );
  const workload = finishWorkload(state, workloadName(source, model), outputs, options);
  const used = usedFormats(registered, workload);
  return used.length === 0 ? workload : { ...workload, formats: used };
}

function workloadName(source: ImportSource, model: ModelMessage): string {
  return source.fileName.replace(/^.*[\\/]/, '').replace(/\.onnx$/i, '') || (model.graph?.name ?? 'model');
}

/** A misspelt dimension name would be silently without effect. */
function checkOptions(state: GraphState, graph: GraphMessage, options: OnnxOptions, registered: readonly NumberFormat[]): void {
  const names = new Set<string>();
  for (const input of graph.input) {
    input.type?.tensorType?.shape?.dim.forEach((dim, d) => {
      names.add(`${input.name ?? ''}.${d}`);
      if (dim.dimParam) names.add(dim.dimParam);
    });
  }
  const symbols = [...names].filter((name) => !/\.\d+$/.test(name));
  const wrong = Object.keys(options.dims ?? {}).find((name) => !names.has(name));
  if (wrong !== undefined)
    throw state.error(
      `options.dims.${wrong}`,
      `the model's inputs have no dimension '${wrong}'`,
      symbols.length > 0 ? symbols.join(', ') : `a dimension as tensor and position: ${[...names].slice(0, 6).join(', ')}`,
    );
  const formats = formatRegistryWith(registered);
  for (const [key, format] of Object.entries(options.formats ?? {})) {
    if (format !== undefined && formats.find(format) === undefined)
      throw state.error(`options.formats.${key}`, `unknown number format '${format}'`, formats.names().join(', '));
  }
}

function graphOutputs(state: GraphState, graph: GraphMessage): string[] {
  const outputs = graph.output.map((output) => output.name ?? '');
  if (outputs.length === 0) throw state.error('graph', 'the graph has no outputs', 'at least one output');
  for (const name of outputs) {
    if (state.graphOutputs.has(name)) throw state.error(`output '${name}'`, 'there are two outputs of this name', 'unique names');
    state.graphOutputs.add(name);
  }
  return outputs;
}

function countUses(state: GraphState, graph: GraphMessage): void {
  for (const node of graph.node) for (const name of readsOf(node)) state.useCounts.set(name, (state.useCounts.get(name) ?? 0) + 1);
}

function checkOutputs(state: GraphState, outputs: readonly string[]): void {
  const missing = outputs.find((name) => !state.values.has(name));
  if (missing !== undefined) throw state.unwritten(`output '${missing}'`, 'it', missing);
}
