import type { StateExchange } from 'tessera-sim';
import { L } from './assembly/layout.js';
import type { Bases } from './bases.js';
import { bitRange } from './bits.js';
import { exchangeSparse } from './sparse.js';
import type { FlitState } from './state.js';

/** Fields of a router's record that are told. */
const FIELDS = [L.ROUTER_READY, L.ROUTER_PENDING, L.ROUTER_PACKETS, L.ROUTER_CONTEST, L.ROUTER_WAKES, L.ROUTER_ROUTE_BATCH, L.ROUTER_CROSSBAR_BATCH];
/** Words of a port's record that change: masks, then two of 16-bit pointers. */
const PORT_WORDS = [L.PORT_READY, L.PORT_FREE, 4, 5];
/** Added to a cycle before the base, so that it is not 0, which stands for none. */
const AHEAD_OF_NONE = 128;

/**
 * The records of all routers, one after the other as an image: zero where nothing goes on, rings from the base on, cycles
 * relative to it.
 */
export function exchangeRouters(s: StateExchange, state: FlitState, bases: Bases): void {
  const ringWords = (state.calendar.mask + 1) * state.requestWords;
  const requests = state.vcsPerRouter * state.requestStride;
  const image = new Int32Array(FIELDS.length + 2 * ringWords + state.ports * PORT_WORDS.length + requests);
  for (let router = 0; router < state.routers; router++) {
    const at = state.routerAt(router);
    const parts = new ImageCursor(state.memory.words, image, s.loading);
    for (const field of FIELDS) parts.word(at + field);
    parts.ring(at + state.ringAt, ringWords, (s.loading ? bases.to : bases.from) * state.requestWords);
    parts.ring(state.wakesAt + router * ringWords, ringWords, (s.loading ? bases.to : bases.from) * state.requestWords);
    for (let port = 0; port < state.ports; port++) for (const word of PORT_WORDS) parts.word(state.portAt(router, port) + word);
    parts.ring(at + state.requestsAt, requests, 0);
    if (!s.loading) atRestIsZero(state, router, image, bases);
    exchangeSparse(s, image);
    if (!s.loading) continue;
    fromRest(state, router, image, bases);
    parts.write();
  }
}

/** Pairs of a place in the network's memory and one in an image; read at once while saving, written at the end while loading. */
class ImageCursor {
  private readonly places: number[] = [];

  constructor(
    private readonly words: Int32Array,
    private readonly image: Int32Array,
    private readonly loading: boolean,
  ) {}

  word(at: number): void {
    if (!this.loading) this.image[this.places.length] = this.words[at]!;
    this.places.push(at);
  }

  /** `size` words, a power of two or told from their beginning, from `first` (modulo the size) on. */
  ring(at: number, size: number, first: number): void {
    for (let i = 0; i < size; i++) this.word(at + ((first + i) % size));
  }

  write(): void {
    this.places.forEach((at, i) => (this.words[at] = this.image[i]!));
  }
}

function atRestIsZero(state: FlitState, router: number, image: Int32Array, { from }: Bases): void {
  forEachFree(state, router, (place, full) => (image[place]! ^= full));
  forEachBatch(state, (place, delay) => {
    const start = image[place]! - 1;
    image[place] = start < 0 || start + delay <= from ? 0 : start - from + AHEAD_OF_NONE;
  });
}

function fromRest(state: FlitState, router: number, image: Int32Array, { to }: Bases): void {
  forEachFree(state, router, (place, full) => (image[place]! ^= full));
  forEachBatch(state, (place) => (image[place] = image[place] === 0 ? 0 : image[place]! - AHEAD_OF_NONE + to + 1));
}

/** Places of the masks of free virtual channels in the image, with the mask of a port at rest. */
function forEachFree(state: FlitState, router: number, visit: (place: number, full: number) => void): void {
  const firstPort = FIELDS.length + 2 * (state.calendar.mask + 1) * state.requestWords;
  for (let port = 0; port < state.ports; port++) {
    const isConnected = state.memory.words[state.portAt(router, port) + L.PORT_DOWN]! >= 0;
    visit(firstPort + port * PORT_WORDS.length + 1, isConnected ? bitRange(0, state.numVcs - 1) : 0);
  }
}

/** Places of the batches' starts in the image, with their delays. */
function forEachBatch({ parameters }: FlitState, visit: (place: number, delay: number) => void): void {
  visit(FIELDS.indexOf(L.ROUTER_ROUTE_BATCH), parameters.routingDelay);
  visit(FIELDS.indexOf(L.ROUTER_CROSSBAR_BATCH), parameters.switchPrepareDelay + parameters.switchFinalDelay);
}

/** The wires of ports where flits and credits queue for them. */
export function exchangeWires(s: StateExchange, { memory, wiresAt, routers, ports }: FlitState, { from, to }: Bases): void {
  const { words } = memory;
  const WORDS = 3;
  const image = new Int32Array(routers * ports * WORDS);
  if (!s.loading) {
    for (let i = 0; i < routers * ports; i++) {
      const at = wiresAt + i * L.WIRE_STRIDE;
      const free = words[at + L.WIRE_FREE]! - from;
      if (free > 0) image.set([free, words[at + L.WIRE_FRACTION]!], i * WORDS);
      image[i * WORDS + 2] = Math.max(0, words[at + L.WIRE_CREDIT]! - from + 1);
    }
  }
  exchangeSparse(s, image);
  if (!s.loading) return;
  for (let i = 0; i < routers * ports; i++) {
    const at = wiresAt + i * L.WIRE_STRIDE;
    const [free, fraction, credit] = [image[i * WORDS]!, image[i * WORDS + 1]!, image[i * WORDS + 2]!];
    words[at + L.WIRE_FREE] = free === 0 ? 0 : free + to;
    words[at + L.WIRE_FRACTION] = fraction;
    words[at + L.WIRE_CREDIT] = credit === 0 ? -1 : credit + to - 1;
    // Steps before the base are over.
    words[at + L.WIRE_CREDIT_STEP] = -1;
  }
}

/** Which routers have something to do, by windows from the base on. */
export function exchangeCalendar(s: StateExchange, { calendar, memory, windowCycles }: FlitState, { from, to }: Bases): void {
  const image = new Int32Array(calendar.windows * calendar.memberWords);
  const parts = new ImageCursor(memory.words, image, s.loading);
  parts.ring(calendar.membersAt, image.length, ((s.loading ? to : from) / windowCycles) * calendar.memberWords);
  exchangeSparse(s, image);
  if (!s.loading) return;
  parts.write();
  calendar.recount();
}
