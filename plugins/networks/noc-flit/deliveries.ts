import { Fifo, TRAFFIC_CLASSES, type BlockContext, type StateExchange, type TrafficClass, type Transaction } from 'tessera-sim';
import type { NodePorts } from 'tessera-sim/networks';
import { NocWait } from './milestones.js';
import type { Place } from './group-host.js';

/** Whole messages that wait at a node's port. */
class Outbox {
  readonly messages = new Fifo<Transaction>();
  blocked = false;
  /** Tick since which the first of them could have left; -1 when it has not waited. Kept while somebody listens. */
  blockedSince = -1;
}

/** Hands whole messages to nodes, in the order in which they have come, as far as the nodes take them. */
export class Deliveries {
  /** Outboxes whose node has no room. */
  blocked = 0;
  private readonly outboxes: (Outbox | undefined)[] = [];
  /** Per transaction id: where a message of a group waits; undefined for a plain one. */
  private readonly placeOf: (Place | undefined)[] = [];

  /** @param onTaken a node has a message; `place`: where it was, of a plain message undefined */
  constructor(
    private readonly ports: NodePorts,
    private readonly onTaken: (message: Transaction, node: number, place: Place | undefined) => void,
    private readonly context: Pick<BlockContext, 'kernel' | 'milestones'>,
  ) {
    ports.portOfNode.forEach((_, node) => {
      for (let c = 0; c < TRAFFIC_CLASSES; c++) this.outboxes[node * TRAFFIC_CLASSES + c] = new Outbox();
    });
  }

  add(message: Transaction, node: number, place: Place | undefined): void {
    this.setPlace(message, place);
    this.outboxes[node * TRAFFIC_CLASSES + message.trafficClass]!.messages.push(message);
  }

  /** Hands over what a node has room for. */
  deliver(node: number, trafficClass: TrafficClass): void {
    const outbox = this.outboxes[node * TRAFFIC_CLASSES + trafficClass]!;
    const port = this.ports.portOfNode[node]!;
    const wasBlocked = outbox.blocked;
    outbox.blocked = false;
    while (outbox.messages.length > 0) {
      if (!port.canSend(trafficClass)) {
        outbox.blocked = true;
        if (this.context.milestones.active && outbox.blockedSince < 0) outbox.blockedSince = this.context.kernel.now;
        break;
      }
      const message = outbox.messages.shift()!;
      if (outbox.blockedSince >= 0) this.noteTaken(outbox, message);
      port.send(message);
      this.onTaken(message, node, this.placeOf[message.id]);
    }
    this.blocked += Number(outbox.blocked) - Number(wasBlocked);
  }

  private noteTaken(outbox: Outbox, { operation }: Transaction): void {
    const { kernel, milestones } = this.context;
    const since = outbox.blockedSince;
    outbox.blockedSince = -1;
    if (milestones.active && since < kernel.now) milestones.note(NocWait.port, operation, since, kernel.now);
  }

  /** A node for each outbox that is not empty. */
  *waiting(): Generator<number> {
    for (const [index, outbox] of this.outboxes.entries()) if ((outbox?.messages.length ?? 0) > 0) yield Math.floor(index / TRAFFIC_CLASSES);
  }

  /** Places of messages of groups that wait here. */
  *places(): Generator<Place> {
    for (const outbox of this.outboxes) {
      for (let i = 0; i < (outbox?.messages.length ?? 0); i++) {
        const place = this.placeOf[outbox!.messages.at(i)!.id];
        if (place !== undefined) yield place;
      }
    }
  }

  /** @param reference tells the place of a message of a group */
  state(s: StateExchange, reference: (place: Place | undefined) => Place | undefined): void {
    for (const outbox of this.outboxes) {
      if (outbox === undefined) continue;
      s.queue(outbox.messages, (present) => {
        const message = s.transaction(present);
        const place = reference(s.loading ? undefined : this.placeOf[message.id]);
        this.setPlace(message, place);
        return message;
      });
      outbox.blocked = s.flag(outbox.blocked);
      outbox.blockedSince = s.tick(outbox.blockedSince);
    }
    this.blocked = s.number(this.blocked);
  }

  private setPlace({ id }: Transaction, place: Place | undefined): void {
    while (this.placeOf.length <= id) this.placeOf.push(undefined);
    this.placeOf[id] = place;
  }
}
