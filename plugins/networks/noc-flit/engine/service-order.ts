import type { StateExchange } from 'tessera-sim';

/** What a state of the order is told relative to. */
export interface OrderBases {
  /** Number of the present step, in the network that is saved or was there before, and in the one that goes on. */
  readonly present: number;
  readonly loaded: number;
  /** See `wasRouted`. */
  readonly bids: boolean;
  /** Whether a virtual channel has a packet: others have no place. */
  isBusy(vc: number): boolean;
}

/** Where the virtual channels of a network's state lie in its memory. */
interface ChannelPlaces {
  readonly memory: { readonly words: Int32Array };
  readonly vcsAt: number;
  readonly vcShift: number;
}

/** Places in a queue within one step: the key's minor part. A router has fewer heads than this. */
const PLACES = 2 ** 20;

/**
 * In which order a router of BookSim2 goes through its virtual channels. It matters in two places only: a routing function that
 * draws random numbers, and an output with speedup, on which two flits of one step queue for the wire.
 *
 * A router keeps the VCs of a stage in a queue. In each step all of it is worked off, and who stays is put back behind those
 * that the previous stage has just handed over; arrivals of the next step go to the end. So the place of a VC is
 * given by when and how it joined: handed over in step t before everybody older (-t), arrived in step t behind them (+t).
 */
export class ServiceOrder {
  /** Per VC, its place in the switch queue: major, then minor. */
  private readonly major: Float64Array;
  private readonly minor: Float64Array;
  /** Per VC, its place in the queue of VC allocation. */
  private readonly routed: Float64Array;
  /** Per VC that is routed in this step: 1 when its head has just arrived, 0 when it waited behind another packet. */
  private readonly fresh: Uint8Array;

  constructor(vcs: number) {
    this.major = new Float64Array(vcs);
    this.minor = new Float64Array(vcs);
    this.routed = new Float64Array(vcs);
    this.fresh = new Uint8Array(vcs);
  }

  /** A body flit came to an empty VC of a packet under way. */
  arrived(vc: number, step: number, inPort: number): void {
    this.major[vc] = step;
    this.minor[vc] = inPort;
  }

  /** The head was the `place`-th to be routed in this step. `bids`: it asks for the switch at once (speculation). */
  wasRouted(vc: number, step: number, place: number, bids: boolean): void {
    this.routed[vc] = place - step * PLACES;
    if (!bids) return;
    this.major[vc] = -step;
    this.minor[vc] = place;
  }

  /** The head has got an output VC and asks for the switch from now on. */
  granted(vc: number, step: number): void {
    this.major[vc] = -step;
    this.minor[vc] = this.routed[vc]!;
  }

  /** Negative when `a` is served before `b`; both belong to one router. */
  compare(a: number, b: number): number {
    return this.major[a]! - this.major[b]! || this.minor[a]! - this.minor[b]!;
  }

  /**
   * Sort the heads that a router routes in this step: first those whose predecessor left (the first `carried` of the list),
   * then arrivals by port. The list holds `count` virtual channels, from word `at` on.
   */
  sortRouting({ memory, vcsAt, vcShift }: ChannelPlaces, at: number, count: number, carried: number): void {
    const { words } = memory;
    for (let from = 0; from < count; from++) {
      const vc = (words[at + from]! - vcsAt) >> vcShift;
      this.fresh[vc] = from < carried ? 0 : 1;
      let place = at + from;
      for (; place > at && this.compareRouting((words[place - 1]! - vcsAt) >> vcShift, vc) > 0; place--) words[place] = words[place - 1]!;
      words[place] = vcsAt + (vc << vcShift);
    }
  }

  private compareRouting(a: number, b: number): number {
    const arrivals = this.fresh[a]! - this.fresh[b]!;
    if (arrivals !== 0) return arrivals;
    return this.fresh[a] === 1 ? a - b : this.compare(a, b);
  }

  state(s: StateExchange, { present, loaded, bids, isBusy }: OrderBases): void {
    const vcs = this.major.length;
    for (let vc = 0; vc < vcs; vc++) {
      if (!isBusy(vc)) continue;
      const hasArrived = s.flag(this.major[vc]! > 0);
      const step = s.number(Math.abs(this.major[vc]!) - present) + loaded;
      this.major[vc] = hasArrived ? step : -step;
      // An input port or a place in a list; or a place that counts over the steps, like `routed`.
      const counts = !hasArrived && !bids ? PLACES : 0;
      this.minor[vc] = s.number(this.minor[vc]! + counts * present) - counts * loaded;
      this.routed[vc] = s.number(this.routed[vc]! + PLACES * present) - PLACES * loaded;
    }
  }
}
