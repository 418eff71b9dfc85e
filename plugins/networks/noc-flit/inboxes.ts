import { Fifo, TrafficClass, type StateExchange, type Transaction } from 'tessera-sim';
import type { NodePorts } from 'tessera-sim/networks';

/** What waits to enter the network at each node: what a group has left over, then what is at the port. */
export class Inboxes {
  private readonly followers: Fifo<Transaction>[] = [];

  constructor(private readonly ports: NodePorts) {
    ports.portOfNode.forEach((_, node) => (this.followers[node] = new Fifo<Transaction>()));
  }

  /** First message of a node, left in place. */
  first(node: number, trafficClass: TrafficClass): Transaction | undefined {
    const follower = trafficClass === TrafficClass.request ? this.followers[node]!.peek() : undefined;
    return follower ?? this.ports.portOfNode[node]!.peek(trafficClass);
  }

  takeFirst(node: number, trafficClass: TrafficClass): void {
    if (trafficClass === TrafficClass.request && this.followers[node]!.length > 0) this.followers[node]!.shift();
    else this.ports.portOfNode[node]!.take(trafficClass);
  }

  /** Requests that a group at a node has left over go before what is at its port. */
  follow(node: number, requests: readonly Transaction[]): void {
    for (const request of requests) this.followers[node]!.push(request);
  }

  state(s: StateExchange): void {
    for (const followers of this.followers) if (followers !== undefined) s.queue(followers, (follower) => s.transaction(follower));
  }
}
