import type { GraphState } from './graph-state.js';
import type { AttributeMessage, FunctionMessage, GraphMessage, ModelMessage, NodeMessage } from './messages.js';

/** Nested functions beyond this are taken for a function that calls itself. */
const DEEPEST = 16;
/** Functions that call functions several times grow without bound: a few bytes must not become a hang. */
const MOST_NODES = 100_000;
/** Nor names of names. */
const MOST_CHARACTERS = 1 << 27;

/** Puts the bodies of the model's own functions in the place of the nodes that call them. */
export function inlineFunctions(state: GraphState, model: ModelMessage, graph: GraphMessage): GraphMessage {
  const functions = new Map(model.functions.map((each) => [functionKey(each.domain, each.name), each]));
  if (functions.size === 0) return graph;
  const nodes: NodeMessage[] = [];
  const inliner = { state, functions, nodes, characters: 0 };
  graph.node.forEach((node, index) => expand(inliner, node, `${node.name || node.opType || 'call'}_${index}`, 0));
  return { ...graph, node: nodes };
}

function functionKey(domain: string | undefined, name: string | undefined): string {
  return `${domain ?? ''}:${name ?? ''}`;
}

interface Inliner {
  readonly state: GraphState;
  readonly functions: ReadonlyMap<string, FunctionMessage>;
  /** All nodes so far. */
  readonly nodes: NodeMessage[];
  /** Of the names that were made. */
  characters: number;
}

function expand(inliner: Inliner, node: NodeMessage, call: string, depth: number): void {
  const { state, functions, nodes } = inliner;
  const body = functions.get(functionKey(node.domain, node.opType));
  if (body === undefined) {
    nodes.push(node);
    if (nodes.length > MOST_NODES)
      throw state.error('functions', 'put in the place of their calls, the functions make too many nodes', `at most ${MOST_NODES}`);
    return;
  }
  if (depth > DEEPEST) throw state.error(`function '${body.name}'`, 'functions call one another too deeply', `at most ${DEEPEST} levels`);
  const names = new Map<string, string>();
  body.input.forEach((name, index) => names.set(name, node.input[index] ?? ''));
  body.output.forEach((name, index) => names.set(name, node.output[index] || made(inliner, call, name)));
  const rename = (name: string): string => {
    if (name === '') return '';
    if (!names.has(name)) names.set(name, made(inliner, call, name));
    return names.get(name)!;
  };
  const given = new Map<string, AttributeMessage>([...body.attributeProto, ...node.attribute].map((each) => [each.name ?? '', each]));
  body.node.forEach((inner, index) => {
    const copy: NodeMessage = {
      ...(inner.opType === undefined ? {} : { opType: inner.opType }),
      ...(inner.domain === undefined ? {} : { domain: inner.domain }),
      name: made(inliner, call, inner.name || `${inner.opType}_${index}`),
      input: inner.input.map(rename),
      output: inner.output.map(rename),
      attribute: inner.attribute.flatMap((attribute) => resolved(attribute, given)),
    };
    expand(inliner, copy, copy.name ?? call, depth + 1);
  });
}

/** The name of something inside a call. */
function made(inliner: Inliner, call: string, name: string): string {
  inliner.characters += call.length + name.length + 1;
  if (inliner.characters > MOST_CHARACTERS)
    throw inliner.state.error(
      'functions',
      'put in the place of their calls, the functions make too long names',
      `at most ${MOST_CHARACTERS} characters in all`,
    );
  return `${call}/${name}`;
}

/** An attribute that refers to one of the call takes its value; a missing one falls away. */
function resolved(attribute: AttributeMessage, given: ReadonlyMap<string, AttributeMessage>): AttributeMessage[] {
  if (!attribute.refAttrName) return [attribute];
  const value = given.get(attribute.refAttrName);
  return value === undefined ? [] : [Object.assign(Object.create(Object.getPrototypeOf(value) as object) as AttributeMessage, value, { name: attribute.name })];
}
