import type { StateExchange } from '../kernel/state.js';

/** What a transaction asks of a memory. */
export const TransactionKind = { read: 0, write: 1 } as const;
export type TransactionKind = (typeof TransactionKind)[keyof typeof TransactionKind];

/** Traffic classes have buffers of their own everywhere, so that a response never waits behind a request. */
export const TrafficClass = { request: 0, response: 1 } as const;
export type TrafficClass = (typeof TrafficClass)[keyof typeof TrafficClass];
export const TRAFFIC_CLASSES = 2;

/** Bytes that a message adds to its payload on a link: kind, address, tag. A narrow AXI-like header. */
export const HEADER_BYTES = 8;

/**
 * A request to a memory and, turned round, its response: the same object travels both ways.
 *
 * It may stand for a burst: `rows` rows of `rowBytes` contiguous bytes, `pitchBytes` apart, from `address` on.
 * Objects come from the simulation's pool; whoever receives the response releases it.
 */
export class Transaction {
  /** Place in the pool, usable as an event argument. */
  readonly id: number;
  kind: TransactionKind = TransactionKind.read;
  isResponse = false;
  /** Block that asks and gets the response. */
  requester = 0;
  /** Memory block that answers. */
  target = 0;
  /** Byte address in the target memory. */
  address = 0;
  rowBytes = 0;
  rows = 1;
  pitchBytes = 0;
  /** The requester's own number, returned untouched. */
  tag = 0;
  /** Operation of the schedule that this serves, -1 for none: for attribution and traces. */
  operation = -1;
  /** Arbitration priority, higher first; 0 for ordinary traffic. */
  priority = 0;
  /** Tick at which the requester sent it. */
  issuedTick = 0;
  /**
   * Of a write, a multicast: this one and these carry the same data to several memories. Of a read, a reduction: this one and these
   * read as many bytes each, and the requester gets one response, to this one, with the sum of their elements; the others are
   * released on the way. They travel as one message until the block at the other end of the port, which `takesGroups` or has
   * `combinesBytes`, gives each its own. Undefined for all other traffic.
   */
  group: readonly Transaction[] | undefined = undefined;
  /** Scratch of whoever holds the transaction now. */
  scratch = 0;

  constructor(id: number) {
    this.id = id;
  }

  /** Payload bytes of the whole burst. */
  get bytes(): number {
    return this.rowBytes * this.rows;
  }

  /** Block that this message travels to now. */
  get destination(): number {
    return this.isResponse ? this.requester : this.target;
  }

  get trafficClass(): TrafficClass {
    return this.isResponse ? TrafficClass.response : TrafficClass.request;
  }

  /** Bytes on a link: data goes out with a write request and comes back with a read response. */
  get wireBytes(): number {
    const carriesData = (this.kind === TransactionKind.write) !== this.isResponse;
    return carriesData ? HEADER_BYTES + this.rowBytes * this.rows : HEADER_BYTES;
  }
}

/** The transactions of one simulation; `acquire` allocates only when all are in flight. */
export class TransactionPool {
  private readonly all: Transaction[] = [];
  private readonly free: Transaction[] = [];

  acquire(): Transaction {
    const recycled = this.free.pop();
    if (recycled !== undefined) return recycled;
    const made = new Transaction(this.all.length);
    this.all.push(made);
    return made;
  }

  /** Gives a transaction back, reset to an ordinary read of nothing. */
  release(transaction: Transaction): void {
    transaction.isResponse = false;
    transaction.kind = TransactionKind.read;
    transaction.rows = 1;
    transaction.rowBytes = 0;
    transaction.pitchBytes = 0;
    transaction.priority = 0;
    transaction.operation = -1;
    transaction.group = undefined;
    this.free.push(transaction);
  }

  /** The transaction with this id. */
  at(id: number): Transaction {
    const found = this.all[id];
    if (found === undefined) throw new RangeError(`no transaction ${id}`);
    return found;
  }

  /** Transactions acquired and not released: 0 when the machine is at rest. */
  get inFlight(): number {
    return this.all.length - this.free.length;
  }

  /** Loads into a pool in which transactions of any number were made. */
  state(s: StateExchange): void {
    const count = s.number(this.all.length);
    while (this.all.length < count) this.all.push(new Transaction(this.all.length));
    // A pool that has made more keeps them as free ones: identities are those of the pool that was saved.
    if (s.loading) this.all.length = count;
    for (const transaction of this.all) exchangeTransaction(s, transaction, (id) => this.at(id));
    s.list(this.free, (transaction) => this.at(s.number(transaction?.id ?? 0)));
  }
}

function exchangeTransaction(s: StateExchange, t: Transaction, at: (id: number) => Transaction): void {
  t.kind = s.number(t.kind) as TransactionKind;
  t.isResponse = s.flag(t.isResponse);
  t.requester = s.number(t.requester);
  t.target = s.number(t.target);
  t.address = s.address(t.target, t.address);
  t.rowBytes = s.number(t.rowBytes);
  t.rows = s.number(t.rows);
  t.pitchBytes = s.number(t.pitchBytes);
  t.tag = s.number(t.tag);
  t.operation = s.operationId(t.operation);
  t.priority = s.number(t.priority);
  t.issuedTick = s.tick(t.issuedTick);
  t.scratch = s.number(t.scratch);
  const members = (t.group ?? []).map(({ id }) => id);
  s.numbers(members);
  t.group = members.length === 0 ? undefined : members.map(at);
}
