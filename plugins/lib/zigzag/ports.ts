import { fourWay, type Direction, type FourWay, type ZigzagCore, type ZigzagMemory, type ZigzagPort } from './form.js';
import { memoriesOf } from './buffers.js';
import type { OperandMovement } from './movement.js';

/** One kind of transfer through a port. Cycles a period. */
export interface Link {
  readonly movement: OperandMovement;
  readonly level: number;
  readonly direction: Direction;
  readonly realCycles: number;
  readonly allowedCycles: number;
  readonly periodCycles: number;
  readonly periods: number;
  /** More than the window allows (+) or less (-), over all periods but one: the first or last is charged to loading. */
  readonly stall: number;
  readonly windows: number;
}

export interface PortLoad {
  readonly memory: ZigzagMemory;
  readonly port: ZigzagPort;
  readonly links: readonly Link[];
  readonly stall: number;
}

/** Width of the port of a memory that does this transfer. */
export function portOf(memory: ZigzagMemory, operand: string, direction: Direction): ZigzagPort | undefined {
  return memory.ports.find(({ serves }) => serves.some((served) => served.operand === operand && served.direction === direction));
}

/** Cycles that each transfer of a level takes at the full width of its port. */
export function realCycles(core: ZigzagCore, movement: OperandMovement, level: number): FourWay {
  const { memoryOperand } = movement.operand;
  const memory = memoriesOf(core, memoryOperand)[level]!;
  const { elements, bits } = movement.levels[level]!;
  return fourWay((direction) => {
    const amount = elements[direction] * bits[direction];
    return amount === 0 ? 0 : Math.ceil(amount / portOf(memory, memoryOperand, direction)!.bitsPerCycle);
  });
}

/** Loads of all ports of all memories. */
export function portLoads(core: ZigzagCore, operands: readonly OperandMovement[], doubleBuffered: Readonly<Record<string, readonly boolean[]>>): PortLoad[] {
  return core.memories.flatMap((memory) =>
    memory.ports.map((port) => {
      const links = port.serves.flatMap(({ operand, direction }) => {
        const movement = operands.find((candidate) => candidate.operand.memoryOperand === operand);
        const link = movement === undefined ? undefined : linkOf(core, memory, movement, direction, doubleBuffered);
        return link === undefined ? [] : [link];
      });
      return { memory, port, links, stall: combinedStall(links) };
    }),
  );
}

function linkOf(
  core: ZigzagCore,
  memory: ZigzagMemory,
  movement: OperandMovement,
  direction: Direction,
  doubleBuffered: Readonly<Record<string, readonly boolean[]>>,
): Link | undefined {
  const level = memoriesOf(core, movement.operand.memoryOperand).indexOf(memory);
  const moved = movement.levels[level];
  if (moved === undefined || moved.periods[direction] === 0) return undefined;
  const receiver = doubleBuffered[movement.operand.name]![direction.endsWith('low') ? level : level + 1]!;
  const real = realCycles(core, movement, level)[direction];
  const allowed = (receiver ? moved.periodCycles : moved.lastPassCycles)[direction];
  const periods = moved.periods[direction];
  return {
    movement,
    level,
    direction,
    realCycles: real,
    allowedCycles: allowed,
    periodCycles: moved.periodCycles[direction],
    periods,
    stall: (real - allowed) * (periods - 1),
    windows: allowed * (periods - 1),
  };
}

function combinedStall(links: readonly Link[]): number {
  if (links.length <= 1) return links[0]?.stall ?? 0;
  let late = 0;
  let early = 0;
  let windows = 0;
  for (const link of links) {
    if (link.stall > 0) late += link.stall;
    else early += link.stall;
    windows += link.windows;
  }
  return late + Math.max(0, early + windows - unionOfWindows(links));
}

/** Cycles in which at least one window is open, when each opens at the start of its period. */
export function unionOfWindows(links: readonly { allowedCycles: number; periodCycles: number; periods: number }[]): number {
  const always = links.find(({ allowedCycles, periodCycles }) => allowedCycles === periodCycles);
  if (always !== undefined) return always.periodCycles * always.periods;
  const patterns = links.toSorted((a, b) => a.periodCycles - b.periodCycles);
  const longest = links.reduce((best, link) => (link.periodCycles > best.periodCycles ? link : best));
  return openIn(patterns, patterns.length - 1, longest.periodCycles) * longest.periods;
}

/** Of the first `cycles`, those in which a window of patterns 0 to `last` is open; periods divide one another. */
function openIn(patterns: readonly { allowedCycles: number; periodCycles: number }[], last: number, cycles: number): number {
  if (last < 0 || cycles <= 0) return 0;
  const { allowedCycles, periodCycles } = patterns[last]!;
  const inside = (part: number): number => {
    const own = Math.min(part, allowedCycles);
    return own + openIn(patterns, last - 1, part) - openIn(patterns, last - 1, own);
  };
  const whole = Math.floor(cycles / periodCycles);
  const rest = cycles - whole * periodCycles;
  return (whole === 0 ? 0 : whole * inside(periodCycles)) + inside(rest);
}
