import { InputError } from 'tessera-sim';
import { attentionProblem } from './attention.js';
import { architectureLevels } from './levels.js';
import { checkTree } from './check.js';
import { MAXIMUM_DEPTH, MAXIMUM_NODES } from './bounds.js';
import { TILEFLOW_SCOPES, type TileflowCase, type TileflowLoop, type TileflowNode, type TileflowProblem, type TileflowScopeKind } from './form.js';

type Loose = Readonly<Record<string, unknown>>;

/** A record of kind `fused-tree-estimate`, or its three parts in a configuration. `at`: its path, for messages. */
export function tileflowCase(record: unknown, at = ''): TileflowCase {
  const { id, config, workload, schedule } = object(record, at, 'a record');
  const machine = architectureLevels(object(config, `${at}config`, 'the levels of a machine'), `${at}config.`);
  const problem = problemOf(object(workload, `${at}workload`, 'an operation with its sizes'), `${at}workload.`);
  const { tree } = object(schedule, `${at}schedule`, 'a tree of tiles');
  const budget = { nodes: MAXIMUM_NODES };
  const subject: TileflowCase = {
    id: typeof id === 'string' ? id : 'record',
    machine,
    problem,
    tree: node(tree, `${at}schedule.tree`, [], budget, 0, sharedTensors(problem)),
  };
  checkTree(subject, `${at}schedule.tree`);
  return subject;
}

function problemOf(workload: Loose, at: string): TileflowProblem {
  if (workload['op'] === 'attention') return attentionProblem(workload, at);
  throw new InputError({ path: `${at}op`, message: `there is no workload '${String(workload['op'])}'`, expected: 'attention' });
}

/** Tensors that one operation makes and another takes. */
export const sharedTensors = ({ operations }: TileflowProblem): readonly string[] =>
  operations.map(({ out }) => out).filter((out) => operations.some(({ ins }) => ins.includes(out)));

/**
 * `above`: memories of temporal tiles above. Records leave out what the tool's files say of a tile that only splits the tile above it at the same
 * memory: that the tensors handed on inside of the scope go past it, and that its movements are those of the tile above.
 */
function node(value: unknown, at: string, above: readonly string[], budget: { nodes: number }, depth: number, shared: readonly string[]): TileflowNode {
  budget.nodes -= 1;
  if (budget.nodes < 0 || depth > MAXIMUM_DEPTH)
    throw new InputError({ path: at, message: 'the tree is too large', expected: `${MAXIMUM_NODES} nodes and ${MAXIMUM_DEPTH} levels of them at most` });
  const given = object(value, at, 'a tile, a scope or an operation');
  if (typeof given['op'] === 'string') return { type: 'op', name: given['op'].replace(/\(.*$/s, '') };
  if (given['scope'] !== undefined) {
    const children = given['children'];
    if (!Array.isArray(children) || children.length === 0)
      throw new InputError({ path: `${at}.children`, message: 'a scope has no parts', expected: 'a list of nodes' });
    return {
      type: 'scope',
      kind: scopeKind(given['scope'], `${at}.scope`),
      children: children.map((child: unknown, index) => node(child, `${at}.children.${index}`, above, budget, depth + 1, shared)),
    };
  }
  const { tile: level, kind } = given;
  if (typeof level !== 'string') throw new InputError({ path: at, message: 'a node says not what it is', expected: "one of 'tile', 'scope', 'op'" });
  if (kind !== 'temporal' && kind !== 'spatial')
    throw new InputError({ path: `${at}.kind`, message: `a tile is not '${String(kind)}'`, expected: 'temporal or spatial' });
  const spatial = kind === 'spatial';
  const splits = !spatial && above.includes(level);
  return {
    type: 'tile',
    level,
    spatial,
    loops: loops(given['loops'], `${at}.loops`),
    bypass: splits ? shared : [],
    profile: !splits,
    multicast: true,
    child: node(given['child'], `${at}.child`, spatial ? above : [...above, level], budget, depth + 1, shared),
  };
}

export function scopeKind(value: unknown, at: string): TileflowScopeKind {
  const name = String(value).toLowerCase();
  const found = name === 'spatial' ? 'parallel' : TILEFLOW_SCOPES.find((kind) => kind.startsWith(name.slice(0, 4)));
  if (name.length < 3 || found === undefined)
    throw new InputError({ path: at, message: `there is no scope '${String(value)}'`, expected: 'sequential, sharing, pipeline, parallel or spatial' });
  return found;
}

function loops(value: unknown, at: string): readonly TileflowLoop[] {
  if (!Array.isArray(value)) throw new InputError({ path: at, message: 'a tile has no loops', expected: 'a list of [dimension, iterations, X or Y]' });
  return value.map((loop: unknown, index): TileflowLoop => {
    const [dimension, size, axis] = Array.isArray(loop) ? (loop as readonly unknown[]) : [];
    if (typeof dimension !== 'string' || !Number.isSafeInteger(size) || (size as number) < 1 || (axis !== undefined && axis !== 'X' && axis !== 'Y'))
      throw new InputError({ path: `${at}.${index}`, message: 'this is no loop', expected: '[dimension, iterations of 1 or more, X or Y for a spatial one]' });
    return { dimension, size: size as number, ...(axis === undefined ? {} : { axis }) };
  });
}

export function object(value: unknown, path: string, expected: string): Loose {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Loose;
  throw new InputError({ path, message: `${path === '' ? 'the record' : path} is missing or no object`, expected });
}
