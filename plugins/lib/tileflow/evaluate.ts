import { InputError } from 'tessera-sim';
import { MAXIMUM_STEPS, VISIT_STEPS } from './bounds.js';
import { levelOf, type TileflowCase, type TileflowLevel } from './form.js';
import { markActive } from './active.js';
import { spread, sentTo, type Sending } from './instances.js';
import { placeTree, type PlacedNode } from './nodes.js';
import { cornersOf, heldBy, missing, NOTHING, touched, type HeldSpace, type HeldTensor } from './space.js';

/** Movements of a level in words of one instance, over all its visits. */
export interface LevelFigures {
  reads: number;
  updates: number;
  fills: number;
  readonly tensorReads: Record<string, number>;
  readonly tensorUpdates: Record<string, number>;
  readonly tensorFills: Record<string, number>;
  /** Words of all instances together. */
  totalReads: number;
  totalWrites: number;
  /** Words of the largest tile of one instance. */
  largestTile: number;
  /** The most by which the level's rates held up what is below it. */
  slowDown: number;
}

export interface TileflowEvaluation {
  readonly cycles: number;
  /** By name, the outermost first. */
  readonly levels: Readonly<Record<string, LevelFigures>>;
  /** Cycles of the multipliers for each operation. */
  readonly operations: Readonly<Record<string, number>>;
}

interface Visit {
  /** How often; 0: only to find what is held at the end. */
  readonly times: number;
  readonly point: readonly number[];
  readonly before: HeldSpace | undefined;
}

/** Movements of one tile for one tensor, in words of one instance. */
interface TileMovement {
  words: number;
  reads: number;
  updates: number;
  fills: number;
}

interface Outcome {
  readonly cycles: number;
  readonly held: HeldSpace;
  readonly missing: HeldSpace;
  /** What is sent into the node from the memory above it, by tensor. */
  readonly sent: readonly (readonly Sending[])[];
  readonly tile?: { readonly node: PlacedNode; readonly movements: readonly TileMovement[] };
}

/** TileFlow's model of a tree: each tile is visited once for each loop that steps, and the visits stand for all of their kind. */
export function evaluateTileflow(subject: TileflowCase): TileflowEvaluation {
  const { machine, problem } = subject;
  const root = placeTree(subject);
  markActive(root, problem);
  const corners = cornersOf(problem);
  const tensorCount = problem.tensors.length;
  const levels: Record<string, LevelFigures> = Object.fromEntries(machine.levels.map(({ name }) => [name, noFigures()]));
  const operations: Record<string, number> = {};
  let steps = 0;
  const outcome = visit(root, { times: 1, point: Object.keys(problem.sizes).map(() => 0), before: undefined });
  return { cycles: outcome.cycles, levels, operations };

  function visit(node: PlacedNode, input: Visit): Outcome {
    const { source } = node;
    steps += VISIT_STEPS + node.logical.x * node.logical.y;
    if (steps > MAXIMUM_STEPS)
      throw new InputError({ path: 'tree', message: 'the tree takes too many steps to work out', expected: `${MAXIMUM_STEPS} at most` });
    if (source.type === 'op') return compute(node, source.name, input);
    if (source.type === 'scope') return scope(node, input);
    const found = source.spatial ? spatial(node, input) : temporal(node, input);
    const parent = node.parent?.source;
    if (input.times === 0 || (parent?.type === 'tile' && parent.spatial)) return found;
    return settle(node, found);
  }

  function compute(node: PlacedNode, name: string, { times, point }: Visit): Outcome {
    if (times === 0) return { cycles: 0, held: none(), missing: none(), sent: nothingSent() };
    const ones = point.map(() => 1);
    const tensors = corners.map((corner, tensor) => (node.fills.has(tensor) || node.writebacks.has(tensor) ? touched(corner, point, ones) : NOTHING));
    const held = { instances: Int32Array.of(0), tensors };
    operations[name] = (operations[name] ?? 0) + times;
    return { cycles: times, held, missing: held, sent: tensors.map(({ words }) => (words === 0 ? [] : [{ copies: 1, parts: 1, words: words * times }])) };
  }

  function scope(node: PlacedNode, input: Visit): Outcome {
    const { kind } = node.source as { kind: string };
    const chained = kind === 'sequential' || kind === 'pipeline';
    const sent: Sending[][] = nothingSent();
    let [cycles, before] = [0, input.before];
    let together: HeldSpace | undefined;
    for (const child of node.children) {
      const found = visit(child, { ...input, before });
      if (chained) before = found.held;
      else together = joined(together, found.held);
      for (const tensor of new Set([...node.fills, ...node.writebacks])) add(sent[tensor]!, found.sent[tensor]!);
      cycles = kind === 'sequential' || kind === 'sharing' ? cycles + found.cycles : Math.max(cycles, found.cycles);
    }
    return { cycles, held: (chained ? before : together) ?? none(), missing: none(), sent };
  }

  function temporal(node: PlacedNode, input: Visit): Outcome {
    const tensors = corners.map((corner, tensor) => (node.reads.has(tensor) || node.updates.has(tensor) ? touched(corner, input.point, node.extent) : NOTHING));
    const held = { instances: Int32Array.of(0), tensors };
    if (input.times === 0) return { cycles: 0, held, missing: none(), sent: nothingSent() };
    const { cycles, sent: below } = run(node, input);
    const movements = tensors.map(({ words }, tensor): TileMovement => {
      const moved = Math.round(below[tensor]!.reduce((all, sending) => all + sending.words, 0));
      return { words, reads: node.reads.has(tensor) ? moved : 0, updates: node.updates.has(tensor) ? moved : 0, fills: 0 };
    });
    const earlier = heldBy(input.before, 0);
    const lacking = tensors.map((now, tensor) => (earlier === undefined ? now : missing(corners[tensor]!, now, earlier.tensors[tensor]!)));
    const sent = lacking.map(({ words }) => (words === 0 ? [] : [{ copies: 1, parts: 1, words: words * input.times }]));
    return { cycles, held, missing: { ...held, tensors: lacking }, sent, tile: { node, movements } };
  }

  /** All steps of a tile: the first, and of each loop the step from its inner loops' end to their beginning, as often as it occurs. */
  function run(node: PlacedNode, input: Visit): { readonly cycles: number; readonly sent: readonly (readonly Sending[])[] } {
    const [child] = node.children;
    const sent: Sending[][] = nothingSent();
    const active = [...new Set([...node.reads, ...node.updates])];
    let cycles = 0;
    const once = (point: readonly number[], times: number, before: HeldSpace | undefined): void => {
      const found = visit(child!, { times, point, before });
      for (const tensor of active) add(sent[tensor]!, found.sent[tensor]!);
      cycles += found.cycles;
    };
    once(input.point, input.times, undefined);
    let outer = 1;
    node.loops.forEach(({ dimension, size, stride }, index) => {
      const end = [...input.point];
      for (const inner of node.loops.slice(index + 1)) end[inner.dimension]! += inner.stride * (inner.size - 1);
      const { held } = visit(child!, { times: 0, point: end, before: input.before });
      const next = [...input.point];
      next[dimension]! += stride;
      once(next, input.times * outer * (size - 1), held);
      outer *= size;
    });
    return { cycles, sent };
  }

  function spatial(node: PlacedNode, input: Visit): Outcome {
    const placed = spread(node, corners);
    const [child] = node.children;
    const first = visit(child!, { ...input, before: heldBy(input.before, placed.instances[0]!) });
    const held = over(first.held);
    if (input.times === 0 || first.tile === undefined) return { cycles: first.cycles, held, missing: none(), sent: nothingSent() };
    const lacking = over(first.missing);
    const taken = sentTo(node, lacking, input.before, input.times);
    first.tile.movements.forEach((movement, tensor) => {
      const peers = Math.floor(taken.peers[tensor]! / (node.logical.x * node.logical.y));
      movement.reads += peers;
      movement.fills = peers;
    });
    return { cycles: first.cycles, held, missing: lacking, sent: taken.sent, tile: first.tile };

    function over({ tensors }: HeldSpace): HeldSpace {
      return {
        instances: placed.instances,
        tensors: tensors.map((tensor, index): HeldTensor => {
          if (tensor.shape === undefined) return NOTHING;
          return { ...tensor, corner: placed.shifts[index]!.map((shift) => tensor.corner[0]! + shift) };
        }),
      };
    }
  }

  /** The memory's own time for a tile, its movements and what these hold up. */
  function settle(node: PlacedNode, { tile, ...found }: Outcome): Outcome {
    if (tile === undefined || node.source.type !== 'tile') return found;
    const instances = node.fanout.x * node.fanout.y;
    for (const tensor of node.fills)
      for (const { words, copies } of found.sent[tensor]!) tile.movements[tensor]!.fills += Math.floor((words * copies) / instances);
    const own = tile.node.source.type === 'tile' ? tile.node.source.level : node.source.level;
    const ratio = tile.node.expansion / tile.node.replication;
    const cycles = memoryCycles(levelOf(machine, own), tile.movements, found.cycles, ratio);
    if (node.source.profile) count(levels[own]!, tile, cycles / found.cycles);
    return { ...found, cycles };
  }

  function count(figures: LevelFigures, { node, movements }: NonNullable<Outcome['tile']>, slowDown: number): void {
    figures.slowDown = Math.max(figures.slowDown, slowDown);
    figures.largestTile = Math.max(
      figures.largestTile,
      movements.reduce((all, { words }) => all + words, 0),
    );
    movements.forEach(({ reads, updates, fills }, tensor) => {
      const { name } = problem.tensors[tensor]!;
      figures.reads += reads;
      figures.updates += updates;
      figures.fills += fills;
      figures.totalReads += reads * node.replication;
      figures.totalWrites += (updates + fills) * node.replication;
      figures.tensorReads[name] = (figures.tensorReads[name] ?? 0) + reads;
      figures.tensorUpdates[name] = (figures.tensorUpdates[name] ?? 0) + updates;
      figures.tensorFills[name] = (figures.tensorFills[name] ?? 0) + fills;
    });
  }

  function none(): HeldSpace {
    return { instances: new Int32Array(0), tensors: Array.from({ length: tensorCount }, () => NOTHING) };
  }

  function nothingSent(): Sending[][] {
    return Array.from({ length: tensorCount }, () => []);
  }
}

/**
 * Cycles of a memory for one tile: those of what is below it, drawn out where reads, or fills and updates, come faster than its rates. A rate that
 * the machine does not name holds nothing up. `ratio`: instances that the mapping spans for each one that it uses.
 */
export function memoryCycles(level: TileflowLevel, movements: readonly Omit<TileMovement, 'words'>[], below: number, ratio: number): number {
  const reads = movements.reduce((all, movement) => all + Math.ceil(movement.reads / ratio) / below, 0);
  const writes = movements.reduce((all, { fills, updates }) => all + Math.ceil((fills + updates) / ratio) / below, 0);
  let speed = 1;
  for (const [rate, wanted] of [
    [level.readRate, reads],
    [level.writeRate, writes],
    [level.sharedRate, writes + reads],
  ] as const)
    if (rate !== undefined && rate < wanted) speed = Math.min(speed, rate / wanted);
  return Math.ceil(below / speed);
}

function add(to: Sending[], more: readonly Sending[]): void {
  for (const { copies, parts, words } of more) {
    const mine = to.find((sending) => sending.copies === copies && sending.parts === parts);
    if (mine === undefined) to.push({ copies, parts, words });
    else mine.words += words;
  }
}

/** What parts of a scope hold that run at the same time: of each tensor what the first of them has that has it. */
function joined(one: HeldSpace | undefined, other: HeldSpace): HeldSpace {
  if (one === undefined) return other;
  return one.tensors.every(({ shape }) => shape === undefined) ? other : one;
}

const noFigures = (): LevelFigures => ({
  reads: 0,
  updates: 0,
  fills: 0,
  tensorReads: {},
  tensorUpdates: {},
  tensorFills: {},
  totalReads: 0,
  totalWrites: 0,
  largestTile: 0,
  slowDown: 0,
});
