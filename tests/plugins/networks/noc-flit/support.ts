import type { EjectedPacket, FlitNetwork } from '../../../../plugins/networks/noc-flit/api.js';
import { RandomStream } from '../../../../core/index.js';

/** Sends one packet at the present cycle; its latency and the routers it visited. */
export function sendOne(network: FlitNetwork, from: number, to: number, flits: number): { cycles: number; hops: number } {
  let result = { cycles: -1, hops: -1 };
  network.onEjection({
    ejected: (packet) => {
      result = { cycles: packet.tailEjected - packet.created, hops: packet.hops };
    },
  });
  network.inject(from, to, flits, 0);
  network.advance(network.now + 10_000);
  return result;
}

/** Times of all packets under random traffic: what two engines must agree on, and what must be there once. */
export interface TrafficRecord {
  /** Per packet (tag): cycle of its ejection, -1 = never. */
  readonly ejected: Float64Array;
  readonly times: Int32Array;
  readonly injectedFlits: number;
  readonly ejectedFlits: number;
}

/** `packets` packets of 1 .. `maxFlits` flits, one every `1 / perCycle` cycles on average, then run until empty. */
export function randomTraffic(network: FlitNetwork, packets: number, perCycle: number, maxFlits: number, seed: number): TrafficRecord {
  const random = new RandomStream(seed, 'test.traffic');
  const ejected = new Float64Array(packets).fill(-1);
  const times = new Int32Array(packets);
  const destination = new Int32Array(packets);
  let injectedFlits = 0;
  network.onEjection({
    ejected: (packet: EjectedPacket) => {
      times[packet.tag]!++;
      ejected[packet.tag] = packet.destination === destination[packet.tag] ? packet.tailEjected : -2;
    },
  });
  let due = network.now;
  for (let packet = 0; packet < packets; packet++) {
    due += -Math.log1p(-random.uniform()) / perCycle;
    network.advance(Math.max(network.now, Math.floor(due)));
    const flits = 1 + random.below(maxFlits);
    destination[packet] = random.below(network.nodes);
    injectedFlits += flits;
    network.inject(random.below(network.nodes), destination[packet]!, flits, packet);
  }
  const limit = network.now + 1_000_000;
  while (network.nextEventCycle() >= 0 && network.now < limit) network.advance(Math.min(limit, network.nextEventCycle() + 1));
  return { ejected, times, injectedFlits, ejectedFlits: network.flitsEjected };
}
