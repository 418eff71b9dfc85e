import { ModelError, type BlockContext, type Port, type Transaction, type TransactionKind } from 'tessera-sim';
import type { BurstPlace } from './burst-cutter.js';
import type { BurstSlot } from './descriptor.js';

/** Makes the requests of one engine, and knows where they go. */
export class Requests {
  constructor(private readonly context: BlockContext<unknown, string>) {}

  portTo(memory: number): Port {
    const port = this.context.portToward(memory);
    if (port === undefined) throw new ModelError(`no way to ${this.context.blocks.pathOf(memory)}`, this.context.path);
    return port;
  }

  make(kind: TransactionKind, place: BurstPlace, slot: BurstSlot): Transaction {
    const { transactions, blockId, kernel } = this.context;
    const request = transactions.acquire();
    request.kind = kind;
    request.requester = blockId;
    request.target = place.memory;
    request.address = place.address;
    request.rowBytes = place.rowBytes;
    request.rows = place.rows;
    request.pitchBytes = place.pitchBytes;
    request.tag = slot.index;
    request.operation = slot.descriptor!.operation!.id;
    request.issuedTick = kernel.now;
    return request;
  }

  /** One message to several memories: of writes a multicast, of reads a reduction. */
  makeGroup(kind: TransactionKind, places: readonly BurstPlace[], slot: BurstSlot): Transaction {
    const [first, ...others] = places.map((place) => this.make(kind, place, slot));
    first!.group = others;
    return first!;
  }
}
