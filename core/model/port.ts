import { ModelError } from '../errors.js';
import type { StateExchange } from '../kernel/state.js';
import type { Link, LinkEnd } from './link.js';
import { Ring } from './ring.js';
import { TRAFFIC_CLASSES, type TrafficClass, type Transaction } from './transaction.js';

/** What a port notifies the block that owns it of; both are edges, never polled. Called in phase `deliver`. */
export interface PortOwner {
  /** A message came into an inbox that was empty. */
  onArrival?(port: Port, trafficClass: TrafficClass): void;
  /** There is room again after a `canSend` that said no. */
  onRoom?(port: Port, trafficClass: TrafficClass): void;
}

const NOBODY: PortOwner = {};

/**
 * One end of a connection. Sends go out over its link, what arrives waits in a bounded inbox per traffic class; taking
 * from the inbox returns the credit to the other end.
 */
export class Port implements LinkEnd {
  /** The link that leaves this port; undefined until the machine is wired, and for a port left open. */
  outgoing: Link | undefined;
  /** The link that ends in this port. */
  incoming: Link | undefined;

  /** Who is notified; set when the block has been created. */
  owner: PortOwner = NOBODY;

  /** Set by an owner that hands the members of a `Transaction.group` to their memories; others never get one. */
  takesGroups = false;

  /** Largest read that the owner answers as a reduction (a read with a `Transaction.group`), in bytes of its response; 0 for none. */
  combinesBytes = 0;

  /** The port at the other end of the connection. */
  peer: Port | undefined;

  private readonly inbox: Ring<Transaction>[] = [];

  /**
   * @param path block path and port name, e.g. `core0.dma.network`
   * @param index place among the owner's ports, for its own tables
   */
  constructor(
    readonly path: string,
    readonly name: string,
    readonly index: number,
    readonly blockId: number,
    readonly inboxDepth: number,
  ) {
    for (let c = 0; c < TRAFFIC_CLASSES; c++) this.inbox.push(new Ring<Transaction>(inboxDepth));
  }

  get isConnected(): boolean {
    return this.outgoing !== undefined;
  }

  /** Path of the block at the other end, for messages; empty for an open port. */
  get neighbourPath(): string {
    const path = this.outgoing?.destinationPath ?? '';
    return path.slice(0, Math.max(0, path.lastIndexOf('.')));
  }

  /** Whether the block at the other end takes a multicast as one message. */
  get sendsGroups(): boolean {
    return this.outgoing?.takesGroups === true;
  }

  /** Largest reduction, in bytes, that the block at the other end combines on the way back; 0 when it combines none. */
  get reducesBytes(): number {
    return this.peer?.combinesBytes ?? 0;
  }

  /** Whether `send` of a message of this class would be accepted. A `false` arms one `onRoom`. */
  canSend(trafficClass: TrafficClass): boolean {
    return this.link().hasCredit(trafficClass);
  }

  /** Sends a message; throws when there is no credit (the sender did not ask). */
  send(message: Transaction): void {
    this.link().send(message);
  }

  /** First message waiting, left in place. */
  peek(trafficClass: TrafficClass): Transaction | undefined {
    return this.inbox[trafficClass]!.peek();
  }

  /** Takes the first waiting message and returns its credit to the sender. */
  take(trafficClass: TrafficClass): Transaction | undefined {
    const message = this.inbox[trafficClass]!.shift();
    if (message !== undefined) this.incoming?.returnCredit(trafficClass);
    return message;
  }

  /** Messages waiting. */
  waiting(trafficClass: TrafficClass): number {
    return this.inbox[trafficClass]!.length;
  }

  /** Used by the link only. */
  deliver(message: Transaction): void {
    const trafficClass = message.trafficClass;
    const inbox = this.inbox[trafficClass]!;
    inbox.push(message);
    if (inbox.length === 1) this.owner.onArrival?.(this, trafficClass);
  }

  /** Used by the link only. */
  roomAgain(trafficClass: TrafficClass): void {
    this.owner.onRoom?.(this, trafficClass);
  }

  /** What waits in the inboxes. */
  state(s: StateExchange): void {
    for (const inbox of this.inbox) s.queue(inbox, (message) => s.transaction(message));
  }

  private link(): Link {
    if (this.outgoing === undefined) throw new ModelError('the port is not connected', this.path);
    return this.outgoing;
  }
}
