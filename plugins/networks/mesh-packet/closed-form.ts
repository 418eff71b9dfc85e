import { HEADER_BYTES } from 'tessera-sim';
import { packetsOf } from 'tessera-sim/networks';
import { settledPacket, type PacketConfig } from './config.js';

/** Cycles that `bytes` occupy a link. */
export function serialisationCycles(bytes: number, linkWidthBits: number): number {
  return Math.ceil((bytes * 8) / linkWidthBits);
}

/**
 * Cycles from a message reaching its node port to its leaving at the other, with nobody else in the network:
 *
 *   virtual cut-through:  hops * router + tiles * link + router + S
 *   store-and-forward:    hops * (router + s1) + tiles * link + router + S
 *
 * where S is the sum of the packets' serialisation times and s1 that of the first, which is the longest; `tiles` is the
 * length of the links on the way, one each on a mesh. A message
 * passes hops + 1 routers. For several packets the buffers must cover the credits' way round:
 * (buffers - 1) * s1 >= router + 2 * link, for store-and-forward (buffers - 2) * s1.
 */
export function uncontendedCycles(given: PacketConfig, hops: number, wireBytes: number, tiles = hops): number {
  const config = settledPacket(given);
  const packets = packetsOf(wireBytes, config.maxPacketBytes);
  const payload = wireBytes - HEADER_BYTES;
  const lastBytes = payload - (packets - 1) * config.maxPacketBytes + HEADER_BYTES;
  const last = serialisationCycles(lastBytes, config.linkWidthBits);
  const first = packets === 1 ? last : serialisationCycles(config.maxPacketBytes + HEADER_BYTES, config.linkWidthBits);
  const stored = config.switching === 'store-and-forward' ? hops * first : 0;
  return hops * config.routerCycles + tiles * config.linkCycles + config.routerCycles + stored + (packets - 1) * first + last;
}

/** The way of one response of a reduction. */
export interface ReductionWay {
  /** Links from the requester to the memory, and back. */
  readonly requestHops: number;
  readonly responseHops: number;
  /** Cycles from the request leaving at the memory's node to the response coming in there. */
  readonly answerCycles: number;
  /** Routers on the way back, first and last included, at which it meets other responses. */
  readonly meetings: number;
}

/**
 * Cycles from a reduction reaching its node port to the sum leaving there, with nobody else in the network and one memory at a
 * node: each router waits for the last to come and adds, so the slowest way counts,
 *
 *   max over the memories of (request + answer + response + meetings * reductionCycles)
 *
 * with request and response as for a message alone, under the same condition on buffers. Adders are pipelined, so a response of
 * several packets pays for them once.
 */
export function uncontendedReductionCycles(config: PacketConfig, ways: readonly ReductionWay[], responseBytes: number): number {
  const cycles = ways.map(
    ({ requestHops, responseHops, answerCycles, meetings }) =>
      uncontendedCycles(config, requestHops, HEADER_BYTES) +
      answerCycles +
      uncontendedCycles(config, responseHops, responseBytes) +
      meetings * settledPacket(config).reductionCycles,
  );
  return Math.max(...cycles);
}
