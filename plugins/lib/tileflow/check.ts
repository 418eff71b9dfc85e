import { InputError } from 'tessera-sim';
import { leavesOf, macsOf, type TileflowCase, type TileflowNode } from './form.js';

/** Of one dimension. */
const LARGEST = 2 ** 31;

export interface TreeChecks {
  /** Whether loops must make exactly the iterations of each operation. */
  readonly loopCount: boolean;
}

/** A tree that the model can be run on: known memories, dimensions and operations, and loops that cover every operation once. */
export function checkTree({ machine, problem, tree }: TileflowCase, at: string, { loopCount }: TreeChecks = { loopCount: true }): void {
  for (const { name, ranks } of problem.tensors)
    if (ranks.reduce((all, rank) => all * rank.reduce((sum, dimension) => sum + problem.sizes[dimension]!, 1), 1) > Number.MAX_SAFE_INTEGER)
      fail(at, `tensor '${name}' is too large to be counted`, '2^53 words at most');
  for (const operation of problem.operations)
    if (macsOf(problem, operation) > Number.MAX_SAFE_INTEGER) fail(at, `operation '${operation.name}' is too large to be counted`, '2^53 iterations at most');
  const names = new Set(leavesOf(tree).map(({ name }) => name));
  const lacking = problem.operations.find(({ name }) => !names.has(name));
  if (lacking !== undefined) fail(at, `operation '${lacking.name}' is in no tile`, `one each of ${problem.operations.map(({ name }) => name).join(', ')}`);
  if (names.size !== leavesOf(tree).length) fail(at, 'an operation is in the tree twice', 'each operation once');
  walk(tree, at, Object.fromEntries(Object.keys(problem.sizes).map((name) => [name, 1])));

  function walk(node: TileflowNode, path: string, outer: Readonly<Record<string, number>>): void {
    if (node.type === 'scope') {
      node.children.forEach((child, index) => walk(child, `${path}.children.${index}`, outer));
      return;
    }
    if (node.type === 'op') {
      leaf(node.name, path, outer);
      return;
    }
    if (!machine.levels.some(({ name }) => name === node.level))
      fail(path, `there is no memory '${node.level}'`, `one of ${machine.levels.map(({ name }) => name).join(', ')}`);
    if (node.spatial && node.child.type === 'op') fail(path, 'a spatial tile holds an operation', 'a temporal tile between them');
    if (node.spatial && node.child.type === 'tile' && node.child.spatial) fail(path, 'a spatial tile holds another', 'a temporal tile between them');
    const inner: Record<string, number> = { ...outer };
    for (const { dimension, size } of node.loops) {
      if (inner[dimension] === undefined) fail(path, `there is no dimension '${dimension}'`, `one of ${Object.keys(problem.sizes).join(', ')}`);
      inner[dimension]! *= size;
    }
    walk(node.child, `${path}.child`, inner);
  }

  function leaf(name: string, path: string, loops: Readonly<Record<string, number>>): void {
    const operation = problem.operations.find((one) => one.name === name);
    if (operation === undefined) {
      fail(path, `there is no operation '${name}'`, `one of ${problem.operations.map((one) => one.name).join(', ')}`);
      return;
    }
    for (const [dimension, size] of Object.entries(problem.sizes)) {
      if (loopCount && operation.dimensions.includes(dimension) && loops[dimension] !== size)
        fail(path, `loops over ${dimension} make ${loops[dimension]!} iterations of '${name}'`, `${size}`);
      if (loops[dimension]! > LARGEST) fail(path, `loops over ${dimension} make more than ${LARGEST} iterations`, 'fewer');
    }
  }
}

function fail(path: string, message: string, expected: string): never {
  throw new InputError({ path, message, expected });
}
