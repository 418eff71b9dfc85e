export interface UncontendedTransfer {
  readonly setupCycles: number;
  /** Equal bursts. */
  readonly bursts: number;
  /** Longest of the stages that a burst occupies: data path, source memory, destination memory, links. */
  readonly intervalCycles: number;
  /** From the read request leaving the engine to its data arriving. */
  readonly readCycles: number;
  /** From the (first) write request leaving to the (last) acknowledgement arriving. */
  readonly writeCycles: number;
  readonly outstandingBursts: number;
}

/**
 * Cycles from the operation's start to its end when nobody competes: a pipeline that starts a burst every
 * `intervalCycles`, held back when all S buffers are in use until a whole round trip L = read + write has passed:
 *
 *   1 + setup + floor((N-1)/S) * max(S * interval, L) + ((N-1) mod S) * interval + L
 *
 * The 1 is the edge after the start. Holds while the credits of the ports on the way cover the links' round trips.
 */
export function uncontendedTransferCycles(transfer: UncontendedTransfer): number {
  const { setupCycles, bursts, intervalCycles, readCycles, writeCycles, outstandingBursts: slots } = transfer;
  const roundTrip = readCycles + writeCycles;
  const turns = Math.floor((bursts - 1) / slots);
  return 1 + setupCycles + turns * Math.max(slots * intervalCycles, roundTrip) + ((bursts - 1) % slots) * intervalCycles + roundTrip;
}
