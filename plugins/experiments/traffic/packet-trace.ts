import { InputError } from 'tessera-sim';
import type { EjectedPacket } from 'tessera-sim/noc-flit';
import { LatencyTally, type LoadTarget } from 'tessera-sim/traffic';

export interface TracePacket {
  readonly cycle: number;
  readonly source: number;
  readonly destination: number;
  readonly bytes: number;
  /** Packets (by line number from 0, comments not counted) that must have arrived before. */
  readonly after: readonly number[];
}

const EXPECTED = 'cycle, source, destination, bytes and then the packets waited for, e.g. `120, 3, 17, 64, 5 8`';

/** Lines `cycle, source, destination, bytes[, packet packet ...]`; `#` starts a comment. Separated by commas or blanks. */
export function readPacketTrace(text: string, file: string, nodes: number): TracePacket[] {
  const packets: TracePacket[] = [];
  text.split(/\r?\n/).forEach((line, index) => {
    const words = line
      .replace(/#.*$/, '')
      .split(/[\s,]+/)
      .filter((word) => word !== '');
    if (words.length === 0) return;
    const problem = (message: string): InputError => new InputError({ file, line: index + 1, message, expected: EXPECTED });
    const numbers = words.map(Number);
    if (numbers.length < 4 || numbers.some((value) => !Number.isInteger(value) || value < 0)) throw problem(`'${line.trim()}' is not a packet`);
    const [cycle, source, destination, bytes] = numbers as [number, number, number, number];
    const outside = [source, destination].find((node) => node >= nodes);
    if (outside !== undefined) throw problem(`there is no node ${outside}; the network has ${nodes}`);
    const after = numbers.slice(4);
    const unknown = after.find((packet) => packet >= packets.length);
    if (unknown !== undefined) throw problem(`packet ${packets.length} waits for packet ${unknown}, which does not come before it`);
    packets.push({ cycle, source, destination, bytes, after });
  });
  if (packets.length === 0) throw new InputError({ file, line: 1, column: 1, message: 'the trace holds no packet', expected: EXPECTED });
  return packets;
}

/** Plays a packet trace: a packet enters at its time, or in the cycle in which the last packet that it waits for has arrived. */
export class TraceRun {
  readonly tally = new LatencyTally();
  readonly arrivals: Float64Array;
  private readonly missing: Int32Array;
  private readonly followers: number[][];
  private nextTimed = 0;
  private readonly order: Int32Array;

  constructor(
    private readonly network: LoadTarget,
    private readonly trace: readonly TracePacket[],
    private readonly flitBytes: number,
  ) {
    this.arrivals = new Float64Array(trace.length).fill(-1);
    this.missing = Int32Array.from(trace, ({ after }) => new Set(after).size);
    this.followers = trace.map(() => []);
    trace.forEach(({ after }, index) => new Set(after).forEach((earlier) => this.followers[earlier]!.push(index)));
    this.order = Int32Array.from(trace.keys()).sort((a, b) => trace[a]!.cycle - trace[b]!.cycle || a - b);
    network.onEjection(this);
  }

  /** Returns the cycle after the last arrival. */
  run(shouldStop: () => boolean): number {
    for (;;) {
      const due = this.nextTimed < this.order.length ? Math.max(this.trace[this.order[this.nextTimed]!]!.cycle, this.network.now) : Infinity;
      const busy = this.network.nextEventCycle();
      if (due === Infinity && busy < 0) return this.network.now;
      if (busy < 0 || due <= busy) {
        this.network.advance(due);
        this.injectTimed(due);
      } else this.network.advance(Math.min(busy + 1, due));
      if (shouldStop()) return this.network.now;
    }
  }

  ejected(packet: EjectedPacket): void {
    this.tally.add(packet);
    this.tally.addFlits(packet);
    this.arrivals[packet.tag] = packet.tailEjected;
    for (const follower of this.followers[packet.tag]!) {
      // One whose own time has not come yet is injected by the clock.
      if (--this.missing[follower]! === 0 && this.trace[follower]!.cycle < packet.tailEjected) this.inject(follower);
    }
  }

  private injectTimed(cycle: number): void {
    while (this.nextTimed < this.order.length && this.trace[this.order[this.nextTimed]!]!.cycle <= cycle) {
      const index = this.order[this.nextTimed++]!;
      if (this.missing[index] === 0 && this.arrivals[index]! < 0) this.inject(index);
    }
  }

  private inject(index: number): void {
    const { source, destination, bytes } = this.trace[index]!;
    this.network.inject(source, destination, Math.max(1, Math.ceil(bytes / this.flitBytes)), index);
  }
}
