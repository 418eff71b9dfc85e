import type { Direction, ZigzagCore, ZigzagRules } from './form.js';
import { memoriesOf } from './buffers.js';
import type { OperandMovement } from './movement.js';
import type { Link, PortLoad } from './ports.js';

interface Hop {
  readonly cycles: number;
  /** The port carries both inputs. */
  readonly shared: boolean;
}

type Hops = Map<string, Hop>;
const hopKey = ({ operand }: OperandMovement, level: number, direction: Direction): string => `${operand.name} ${level} ${direction}`;

/** Cycles before the first and after the last operation: the first tiles come in, the last results go out. */
export interface Loading {
  readonly onloading: number;
  readonly offloading: number;
}

export function loadingCycles(
  core: ZigzagCore,
  operands: readonly OperandMovement[],
  ports: readonly PortLoad[],
  computeCycles: number,
  rules: ZigzagRules,
): Loading {
  const hops: Hops = new Map();
  for (const load of ports) loadThroughPort(load, computeCycles, hops, rules);
  return {
    onloading: onloading(
      core,
      operands.filter(({ isOutput }) => !isOutput),
      hops,
    ),
    offloading: offloading(
      core,
      operands.find(({ isOutput }) => isOutput)!,
      hops,
    ),
  };
}

/** What moves once in the whole layer borrows what the port has to spare while computing; the rest is what remains to wait for. */
function loadThroughPort({ port, links }: PortLoad, computeCycles: number, hops: Hops, rules: ZigzagRules): void {
  const shared = new Set(port.serves.flatMap(({ operand }) => (operand === 'O' ? [] : [operand]))).size > 1;
  // Sums that come back down are no part of loading.
  const counted = links.filter(({ movement, direction }) => !movement.isOutput || direction === 'rd_out_to_high' || direction === 'wr_in_by_low');
  const repeated = counted.filter(({ periods }) => periods > 1);
  const once = counted.filter(({ periods }) => periods === 1);
  const cycles = rules.borrowing ? borrowed(once, repeated, port.bitsPerCycle, computeCycles) : once.map(({ realCycles }) => realCycles);
  once.forEach((link, index) => hops.set(hopKey(link.movement, link.level, link.direction), { cycles: cycles[index]!, shared }));
  for (const link of repeated) hops.set(hopKey(link.movement, link.level, link.direction), { cycles: link.realCycles, shared });
}

function borrowed(once: readonly Link[], repeated: readonly Link[], bitsPerCycle: number, computeCycles: number): number[] {
  const busyBits = repeated.reduce((all, { movement, level, direction }) => all + movement.levels[level]!.meanBits[direction], 0);
  const spare = Math.max(0, ((bitsPerCycle - busyBits) / bitsPerCycle) * computeCycles);
  const least = once.map(({ movement }) => Math.ceil(movement.tileBits[1]! / bitsPerCycle));
  return levelDown(
    once.map(({ realCycles }) => realCycles),
    least,
    spare,
  );
}

/**
 * Takes `spare` cycles away, from the longest first, down to the least of each. As the tool does it: every step takes from all links so far,
 * so that one which is at its least already falls below it, even below zero.
 */
export function levelDown(cycles: readonly number[], least: readonly number[], spare: number): number[] {
  if (spare <= 0) return [...cycles];
  const order = cycles.map((_, index) => index).toSorted((a, b) => cycles[b]! - cycles[a]!);
  const left = order.map((index) => cycles[index]!);
  let rest = spare;
  for (let step = 0; step < order.length; step++) {
    const room = left[step]! - least[order[step]!]!;
    const whole = rest >= room * (step + 1);
    const taken = whole ? room : rest / (step + 1);
    for (let index = 0; index <= step; index++) left[index]! -= taken;
    if (!whole) break;
    rest -= room * (step + 1);
  }
  const result: number[] = [];
  order.forEach((index, step) => (result[index] = left[step]!));
  return result;
}

interface Parts {
  individual: number;
  half: number;
  shared: number;
}

/** Chains of both inputs, on ports of their own side by side, on shared ports one after the other, in the better order. */
function onloading(core: ZigzagCore, inputs: readonly OperandMovement[], hops: Hops): number {
  const parts = inputs.map((movement) => partsOf(core, movement, hops));
  const [first, second] = parts;
  if (first === undefined) return 0;
  if (second === undefined) return first.individual;
  return Math.min(oneFirst(first, second), oneFirst(second, first));
}

const oneFirst = (first: Parts, second: Parts): number =>
  first.shared + Math.max(second.shared + second.half + second.individual, first.half + first.individual);

function partsOf(core: ZigzagCore, movement: OperandMovement, hops: Hops): Parts {
  const parts: Parts = { individual: 0, half: 0, shared: 0 };
  for (let level = 0; level < movement.levels.length - 1; level++) {
    const written = hops.get(hopKey(movement, level, 'wr_in_by_high'))!;
    const read = hops.get(hopKey(movement, level + 1, 'rd_out_to_low'))!;
    const cycles = Math.max(written.cycles, read.cycles);
    if (written.shared !== read.shared) parts.half = cycles;
    else if (written.shared) parts.shared += cycles;
    else parts.individual += cycles;
  }
  return parts;
}

function offloading(core: ZigzagCore, output: OperandMovement, hops: Hops): number {
  const levels = memoriesOf(core, output.operand.memoryOperand).slice(0, output.levels.length - 1);
  return levels.reduce((all, _, level) => {
    const read = hops.get(hopKey(output, level, 'rd_out_to_high'))!.cycles;
    const written = hops.get(hopKey(output, level + 1, 'wr_in_by_low'))!.cycles;
    return all + Math.max(read, written);
  }, 0);
}
