import { InputError, operatorName } from 'tessera-sim';
import { foldConstants } from './fold.js';
import { readInitializers } from './graph-inputs.js';
import type { GraphState } from './graph-state.js';
import type { GraphMessage } from './messages.js';
import { NodeContext } from './node-context.js';
import { OPERATORS } from './operators/table.js';
import { orderNodes, type NamedNode } from './order-nodes.js';

const REMEDY = 'an operator of the list in docs/workload.md; replace it in the model (onnxsim, exporter options), or describe its layer in YAML';

/** Walks the nodes in order: shapes, constants and layers. */
export function readNodes(state: GraphState, graph: GraphMessage, prefix = ''): void {
  for (const named of orderNodes(state, graph, prefix)) readNode(state, named);
}

function readNode(state: GraphState, { node, name }: NamedNode): void {
  const context = new NodeContext(state, node, name);
  if (node.opType === 'If') return readIf(context);
  const reader = OPERATORS.get(node.opType ?? '');
  if (reader === undefined) throw unknown(context);
  try {
    reader(context);
    foldConstants(context);
  } catch (error) {
    if (error instanceof InputError) throw error;
    // A reader that meets something it did not foresee must still say where.
    throw context.fail(
      `this node cannot be read (${error instanceof Error ? error.message : String(error)})`,
      'inputs and attributes as the ONNX operator documentation says',
    );
  }
  const missing = node.output.findIndex((output, index) => context.asks(index) && !state.values.has(output));
  if (missing >= 0)
    throw context.fail(
      `its output ${missing}, '${node.output[missing]}', is used, and this reader does not know that output of ${context.op}`,
      'a model that does without it',
    );
}

function unknown(context: NodeContext): InputError {
  const nearest = [...OPERATORS.keys()].find((name) => isNear(operatorName(name), context.operator));
  return context.state.error(context.place, `operator '${context.op}' is not known`, REMEDY, nearest);
}

/** The same but for its spelling, or for up to three letters at the end. */
function isNear(known: string, given: string): boolean {
  if (known === given) return true;
  return given.length > 5 && (known.startsWith(given) || given.startsWith(known)) && Math.abs(known.length - given.length) <= 3;
}

/** A branch whose condition is known before the run takes the node's place. */
function readIf(context: NodeContext): void {
  const condition = context.known(0, 'condition')[0] ?? 0;
  const branch = context.attributes.graph(condition !== 0 ? 'then_branch' : 'else_branch');
  if (branch === undefined) throw context.fail('its branch is missing');
  readInitializers(context.state, branch);
  readNodes(context.state, branch, `${context.name}/`);
  branch.output.forEach((output, index) => {
    const value = context.state.values.get(output.name ?? '');
    if (value === undefined) throw context.state.unwritten(context.place, `output '${output.name ?? ''}' of its branch`, output.name ?? '');
    context.alias(index, value);
  });
}
