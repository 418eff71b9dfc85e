import { memoriesOf, portOf, type Direction, type MemoryOperand, type ZigzagCore, type ZigzagMemory, type ZigzagPort } from 'tessera-sim/zigzag';

/** Data that moves between two memories, outside of a layer's own traffic. */
export interface Copy {
  readonly bits: number;
  readonly from: ZigzagMemory;
  readonly fromOperand: MemoryOperand;
  readonly to: ZigzagMemory;
  readonly toOperand: MemoryOperand;
}

export interface CopyCost {
  readonly energyPj: number;
  readonly cycles: number;
}

interface Hop {
  readonly send: ZigzagMemory;
  readonly sendPort: ZigzagPort;
  readonly receive: ZigzagMemory;
  readonly receivePort: ZigzagPort;
}

/** Copies that start together: each goes hop by hop, and ports that several use do them one after the other. */
export function copyCost(core: ZigzagCore, copies: readonly Copy[]): CopyCost {
  const busy = new Map<ZigzagPort, [start: number, end: number][]>();
  let energyPj = 0;
  for (const copy of copies) {
    const own = new Map<ZigzagPort, [number, number][]>();
    let time = 0;
    for (const { send, sendPort, receive, receivePort } of pathOf(core, copy)) {
      energyPj += words(copy.bits, sendPort) * send.readPj + words(copy.bits, receivePort) * receive.writePj;
      const cycles = Math.max(Math.ceil(copy.bits / sendPort.bitsPerCycle), Math.ceil(copy.bits / receivePort.bitsPerCycle));
      const span = (): [number, number] => [time, time + cycles];
      own.set(sendPort, [...(own.get(sendPort) ?? []), span()]);
      const isNew = !own.has(receivePort);
      own.set(receivePort, [...(own.get(receivePort) ?? []), span()]);
      // As the tool does: time goes on where the receiving port has not been used in this copy.
      if (isNew) time += cycles;
    }
    for (const [port, spans] of own) busy.set(port, [...(busy.get(port) ?? []), ...spans]);
  }
  return { energyPj, cycles: Math.max(0, ...[...busy.values()].map(portCycles)) };
}

const words = (bits: number, { minBits, bitsPerCycle }: ZigzagPort): number => Math.ceil(bits / minBits) * (minBits / bitsPerCycle);

function portCycles(spans: readonly (readonly [number, number])[]): number {
  if (spans.length === 1) return spans[0]![1];
  const total = spans.reduce((all, [start, end]) => all + end - start, 0);
  return Math.max(...spans.map(([, end]) => end), Math.min(...spans.map(([start]) => start)) + total);
}

/** Up to the lowest memory that both operands share, then down; along one operand where source or destination is shared. */
function pathOf(core: ZigzagCore, { from, fromOperand, to, toOperand }: Copy): Hop[] {
  if (from === to) return [];
  const sources = memoriesOf(core, fromOperand);
  const targets = memoriesOf(core, toOperand);
  const level = sources.indexOf(from);
  const goal = targets.indexOf(to);
  const meeting = sources.slice(level).find((memory) => targets.indexOf(memory) >= goal && targets.includes(memory)) ?? sources.at(-1)!;
  const up = memoriesBetween(sources, level, sources.indexOf(meeting));
  const down = memoriesBetween(targets, targets.indexOf(meeting), goal);
  return [
    ...up.slice(1).map((receive, index) => hop(up[index]!, 'rd_out_to_high', fromOperand, receive, 'wr_in_by_low')),
    ...down.slice(1).map((receive, index) => hop(down[index]!, 'rd_out_to_low', toOperand, receive, 'wr_in_by_high')),
  ];
}

function memoriesBetween(memories: readonly ZigzagMemory[], from: number, to: number): ZigzagMemory[] {
  return from <= to ? memories.slice(from, to + 1) : memories.slice(to, from + 1).toReversed();
}

function hop(send: ZigzagMemory, out: Direction, operand: MemoryOperand, receive: ZigzagMemory, into: Direction): Hop {
  return { send, sendPort: portOf(send, operand, out)!, receive, receivePort: portOf(receive, operand, into)! };
}
