import type { StateExchange } from 'tessera-sim';
import { L } from './assembly/layout.js';
import type { Bases } from './bases.js';
import type { RouterCore } from './router-core.js';
import type { FlitState } from './state.js';

/** Later than any cycle of the 32-bit clock. */
const NEVER = 0x7fffffff;

/**
 * The terminals' sending side: an unbounded queue of packets per node, one packet at a time, one flit per cycle. A packet at
 * the front takes the first injection VC after the last one used that is free and has a credit. Flits whose slots are known
 * to be free in time are sent ahead in one go; the terminal wakes again when it needs a credit or the next packet.
 */
export class Sources {
  private readonly queueHead: Int32Array;
  private readonly queueTail: Int32Array;
  private readonly current: Int32Array;
  private readonly flitsToSend: Int32Array;
  private readonly vc: Int32Array;
  private readonly lastVc: Int32Array;
  /** First cycle in which the node's wire is free. */
  private readonly wireFree: Int32Array;
  /** 1 when an entry on the wheel (or an awaited credit) will wake the node. */
  private readonly asleep: Uint8Array;
  /** Injection VCs whose last packet is not wholly out of the router's buffer (wait_for_tail_credit). */
  private readonly owned: Int32Array;
  /** Where the node injects: router, first VC of its input port (in the network and within the router). */
  private readonly router: Int32Array;
  private readonly firstVc: Int32Array;
  private readonly firstLocal: Int32Array;
  private readonly delay: Int32Array;
  /** Per node: cycle from which it has neither a packet nor a flit to send, NEVER while it has one. */
  readonly idleFrom: Int32Array;
  /** Flits handed over by the user and not yet sent. */
  backlogFlits = 0;

  constructor(
    private readonly state: FlitState,
    private readonly core: RouterCore,
  ) {
    const nodes = state.nodes;
    const ints = (): Int32Array => new Int32Array(nodes);
    this.queueHead = ints().fill(-1);
    this.queueTail = ints().fill(-1);
    this.current = ints().fill(-1);
    this.flitsToSend = ints();
    this.vc = ints();
    this.lastVc = ints().fill(state.numVcs - 1);
    this.wireFree = ints();
    this.asleep = new Uint8Array(nodes);
    this.owned = ints();
    this.router = ints();
    this.firstVc = ints();
    this.firstLocal = ints();
    this.idleFrom = ints();
    this.delay = ints();
    state.graph.terminals.forEach((terminal, node) => {
      const vc = state.inputVc(terminal.router, terminal.inPort);
      this.router[node] = terminal.router;
      this.firstVc[node] = vc;
      this.firstLocal[node] = terminal.inPort * state.numVcs;
      this.delay[node] = 1 + terminal.injectLatencyCycles;
      for (let local = 0; local < state.numVcs; local++) state.memory.words[vc + (local << state.vcShift) + L.VC_OWNER] = -(node + 1);
    });
  }

  enqueue(node: number, packet: number): void {
    const { packets, memory } = this.state;
    this.backlogFlits += memory.words[packets.record(packet) + L.PACKET_FLITS]!;
    if (this.queueHead[node]! < 0) this.queueHead[node] = packet;
    else memory.words[packets.record(this.queueTail[node]!) + L.PACKET_NEXT] = packet;
    this.queueTail[node] = packet;
    this.idleFrom[node] = NEVER;
    if (this.asleep[node] !== 0) return;
    if (this.wireFree[node]! <= this.state.cycle) this.serve(node);
    else this.wakeAt(node, this.wireFree[node]!);
  }

  /** An entry of the wheel: go on with the current packet or take the next. */
  wake(node: number): void {
    this.asleep[node] = 0;
    this.serve(node);
  }

  /** wait_for_tail_credit: the injection VC is empty again. */
  release(node: number, vc: number): void {
    this.owned[node]! &= ~(1 << ((vc - this.firstVc[node]!) >> this.state.vcShift));
  }

  /** Shift all times by -cycles (the state's clock is rebased). */
  rebase(cycles: number): void {
    for (let node = 0; node < this.wireFree.length; node++) {
      this.wireFree[node] = Math.max(0, this.wireFree[node]! - cycles);
      if (this.idleFrom[node] !== NEVER) this.idleFrom[node] = Math.max(0, this.idleFrom[node]! - cycles);
    }
  }

  private wakeAt(node: number, cycle: number): void {
    this.asleep[node] = 1;
    this.state.wheel.push(cycle, node * 4 + L.ENTRY_SOURCE);
  }

  private serve(node: number): void {
    if (this.current[node]! < 0 && !this.takeNext(node)) return;
    this.send(node);
  }

  /** The next packet comes to the front and looks for a VC; false when there is none of either. */
  private takeNext(node: number): boolean {
    const { state } = this;
    const packet = this.queueHead[node]!;
    if (packet < 0) return false;
    const { words, doubles } = state.memory;
    const at = state.packets.record(packet);
    if (doubles[at / 2 + L.TIME_STARTED]! < 0) doubles[at / 2 + L.TIME_STARTED] = state.epoch + state.cycle;
    const local = this.chooseVc(node);
    if (local < 0) {
      this.wakeAt(node, state.cycle + 1);
      return false;
    }
    this.queueHead[node] = words[at + L.PACKET_NEXT]!;
    this.current[node] = packet;
    this.flitsToSend[node] = words[at + L.PACKET_FLITS]!;
    this.lastVc[node] = local;
    this.vc[node] = this.firstVc[node]! + (local << state.vcShift);
    words[state.routerAt(this.router[node]!) + L.ROUTER_PACKETS]!++;
    if (state.parameters.waitForTailCredit) this.owned[node]! |= 1 << local;
    doubles[at / 2 + L.TIME_HEAD_SENT] = state.epoch + state.cycle;
    return true;
  }

  private chooseVc(node: number): number {
    const { state } = this;
    const { numVcs } = state;
    let local = this.lastVc[node]!;
    for (let tried = 0; tried < numVcs; tried++) {
      local = local + 1 === numVcs ? 0 : local + 1;
      if ((this.owned[node]! & (1 << local)) !== 0) continue;
      const slot = state.nextSlot(this.firstVc[node]! + (local << state.vcShift));
      if (slot < 0 && ~slot <= state.cycle) return local;
    }
    return -1;
  }

  /** Send as many flits of the current packet as have slots whose time is known. */
  private send(node: number): void {
    const { state } = this;
    const { words, halves, doubles } = state.memory;
    const packet = this.current[node]!;
    const at = state.packets.record(packet);
    const vc = this.vc[node]!;
    const size = words[at + L.PACKET_FLITS]!;
    const horizon = state.cycle + state.calendar.horizon - this.delay[node]!;
    const router = this.router[node]!;
    const local = this.firstLocal[node]! + ((vc - this.firstVc[node]!) >> state.vcShift);
    let left = this.flitsToSend[node]!;
    let cycle = Math.max(state.cycle, this.wireFree[node]!);
    while (left > 0) {
      const slot = state.nextSlot(vc);
      if (slot >= 0) {
        halves[2 * vc + L.VC16_AWAITED] = 1;
        this.asleep[node] = 1;
        break;
      }
      if (~slot > cycle) cycle = ~slot;
      if (cycle >= horizon) {
        this.wakeAt(node, cycle - 1);
        break;
      }
      this.core.place(vc, router, local, packet * 4 + (left === size ? L.FLIT_HEAD : 0) + (left === 1 ? L.FLIT_TAIL : 0), cycle + this.delay[node]!);
      doubles[at / 2 + L.TIME_FLIT_CYCLES]! -= state.epoch + cycle;
      state.flitsInjected.add(cycle);
      this.backlogFlits--;
      cycle++;
      left--;
    }
    this.flitsToSend[node] = left;
    this.wireFree[node] = cycle;
    if (left > 0) return;
    this.current[node] = -1;
    if (this.queueHead[node]! >= 0) this.wakeAt(node, cycle);
    else this.idleFrom[node] = cycle;
  }

  /** Flits that are left of each packet that is being sent. */
  unsentFlits(): ReadonlyMap<number, number> {
    return new Map([...this.current].flatMap((packet, node) => (packet < 0 ? [] : [[packet, this.flitsToSend[node]!] as const])));
  }

  exchange(s: StateExchange, { from, to }: Bases): void {
    const { queueHead, queueTail, current, flitsToSend, vc, lastVc, asleep, owned, wireFree, idleFrom } = this;
    for (const table of [queueHead, queueTail, current, flitsToSend, vc, lastVc, asleep, owned]) s.numbers(table);
    for (let node = 0; node < wireFree.length; node++) {
      wireFree[node] = to + s.number(Math.max(0, wireFree[node]! - from));
      const idle = s.number(idleFrom[node] === NEVER ? -1 : Math.max(0, idleFrom[node]! - from));
      idleFrom[node] = idle < 0 ? NEVER : to + idle;
    }
    this.backlogFlits = s.number(this.backlogFlits);
  }
}
