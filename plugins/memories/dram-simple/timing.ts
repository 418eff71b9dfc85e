/** Sizes and times of a DRAM; all times in cycles of its clock. */
export interface DramShape {
  readonly channels: number;
  readonly banks: number;
  /** Bytes of a row of one bank of one channel. */
  readonly rowBytes: number;
  /** Bytes of one column access. */
  readonly burstBytes: number;
  /** Bytes that a channel's data bus carries in a cycle. */
  readonly bytesPerCycle: number;
  /** Consecutive bytes that stay on one channel. */
  readonly interleaveBytes: number;
  readonly tRCD: number;
  readonly tRP: number;
  readonly tCL: number;
  readonly tCWL: number;
  readonly tRAS: number;
  readonly tRRD: number;
  readonly tRTP: number;
  readonly tWR: number;
  /** Idle cycles of the bus between a read and a write. */
  readonly tTurn: number;
  /** 0: no refresh. */
  readonly tREFI: number;
  readonly tRFC: number;
  /** From the arrival of a request to its first command. */
  readonly controllerCycles: number;
  /** No row is ever closed: an idealisation, which the times of rows being 0 go with. Default false. */
  readonly everyRowIsOpen?: boolean;
}

/** Cycles of one column access on the data bus. */
export function burstCyclesOf(shape: DramShape): number {
  return shape.burstBytes / shape.bytesPerCycle;
}

/**
 * Bytes of a channel that lie below `address` when `interleaveBytes` at a time go to the channels in turn: where a range of
 * addresses begins and ends in the channel's own, gapless addresses.
 */
export function localAddress(shape: DramShape, channel: number, address: number): number {
  const { interleaveBytes, channels } = shape;
  const stripe = interleaveBytes * channels;
  const whole = Math.floor(address / stripe);
  const rest = address - whole * stripe - channel * interleaveBytes;
  return whole * interleaveBytes + Math.min(interleaveBytes, Math.max(0, rest));
}
