import { HEADER_BYTES, InputError } from 'tessera-sim';
import { packetsOf } from 'tessera-sim/networks';

/** Cuts messages into packets, each with a header. */
export class Cutting {
  /** Payload of the largest packet. */
  readonly packetBytes: number;
  private readonly flitBytes: number;

  /** `flitBits`: width of a flit; `path` of the network, for messages. */
  constructor(
    readonly flitBits: number,
    maxPacketFlits: number,
    path: string,
  ) {
    this.flitBytes = flitBits / 8;
    this.packetBytes = maxPacketFlits * this.flitBytes - HEADER_BYTES;
    if (this.packetBytes > 0) return;
    throw new InputError({
      path: `${path}.with.maxPacketFlits`,
      message: `a packet of ${maxPacketFlits} flits of ${flitBits} bits has no room behind its header of ${HEADER_BYTES} bytes`,
    });
  }

  packetsOf(wireBytes: number): number {
    return packetsOf(wireBytes, this.packetBytes);
  }

  /** Flits of packet `index` of a message. */
  flitsOf(wireBytes: number, index: number): number {
    const payload = Math.min(wireBytes - HEADER_BYTES - index * this.packetBytes, this.packetBytes);
    return Math.ceil((payload + HEADER_BYTES) / this.flitBytes);
  }
}
