import { TRAFFIC_CLASSES, type StateExchange } from 'tessera-sim';

/**
 * End-to-end flow control. A message starts only when its destination has room to put it together, so every packet in the
 * network can always leave it: requests never block responses, whatever the virtual channels. Nodes that wait for room at a
 * destination are served in the order in which they came.
 */
export class SendLimits {
  private readonly room: Int32Array;
  private readonly outstanding: Int32Array;
  private readonly waiting: number[][];

  constructor(
    nodes: number,
    reassemblyMessages: number,
    private readonly outstandingMessages: number,
  ) {
    this.room = new Int32Array(nodes * TRAFFIC_CLASSES).fill(reassemblyMessages);
    this.outstanding = new Int32Array(nodes * TRAFFIC_CLASSES);
    this.waiting = Array.from({ length: nodes * TRAFFIC_CLASSES }, () => []);
  }

  /** Try to start a message; when the destination has no room the node is remembered and named by `delivered`. */
  enter(node: number, destination: number, trafficClass: number): boolean {
    const to = destination * TRAFFIC_CLASSES + trafficClass;
    if (!this.maySend(node, trafficClass)) return false;
    if (this.room[to] === 0) {
      if (!this.waiting[to]!.includes(node)) this.waiting[to]!.push(node);
      return false;
    }
    this.room[to]!--;
    this.sent(node, trafficClass);
    return true;
  }

  /** Whether the node has less in the network than it may; if not, `left` is called when it has. */
  maySend(node: number, trafficClass: number): boolean {
    return this.outstanding[node * TRAFFIC_CLASSES + trafficClass]! < this.outstandingMessages;
  }

  /** A message of the node starts whose room is accounted for elsewhere. */
  sent(node: number, trafficClass: number): void {
    this.outstanding[node * TRAFFIC_CLASSES + trafficClass]!++;
  }

  /** A message of the node has arrived whole: it may send another. */
  left(node: number, trafficClass: number): void {
    this.outstanding[node * TRAFFIC_CLASSES + trafficClass]!--;
  }

  /** A message has been handed over: there is room again. Returns the nodes that waited for it. */
  delivered(node: number, trafficClass: number): readonly number[] {
    const at = node * TRAFFIC_CLASSES + trafficClass;
    this.room[at]!++;
    const waiting = this.waiting[at]!;
    if (waiting.length === 0) return waiting;
    this.waiting[at] = [];
    return waiting;
  }

  state(s: StateExchange): void {
    s.numbers(this.room);
    s.numbers(this.outstanding);
    for (const waiting of this.waiting) s.numbers(waiting);
  }
}
