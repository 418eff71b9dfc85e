import { HEADER_BYTES } from '../../../core/index.js';
import type { PacketConfig } from './config.js';

/** Packets that a message of `wireBytes` (header included) travels in. */
export function packetsOf(wireBytes: number, maxPacketBytes: number): number {
  return Math.max(1, Math.ceil((wireBytes - HEADER_BYTES) / maxPacketBytes));
}

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
export function uncontendedCycles(config: PacketConfig, hops: number, wireBytes: number, tiles = hops): number {
  const packets = packetsOf(wireBytes, config.maxPacketBytes);
  const payload = wireBytes - HEADER_BYTES;
  const lastBytes = payload - (packets - 1) * config.maxPacketBytes + HEADER_BYTES;
  const last = serialisationCycles(lastBytes, config.linkWidthBits);
  const first = packets === 1 ? last : serialisationCycles(config.maxPacketBytes + HEADER_BYTES, config.linkWidthBits);
  const stored = config.switching === 'store-and-forward' ? hops * first : 0;
  return hops * config.routerCycles + tiles * config.linkCycles + config.routerCycles + stored + (packets - 1) * first + last;
}
