/**
 * Where things lie in the state's integer tables. One record per virtual channel, per port and per router, each within a
 * cache line: a flit's hop touches two VC records, one buffer slot of each, two ports and one router, and nothing else.
 */

/**
 * Virtual channel of an input port (or of a terminal): its state and, from VC_SLOTS on, its buffer. The stride depends on the
 * buffer's depth (`FlitState.vcStride`); with up to 8 flits all of it is one cache line.
 */
export const VC_HEAD = 0;
/** Flits that have arrived and not left; negative while a train has left of which flits are still to arrive. */
export const VC_COUNT = 1;
export const VC_STATE = 2;
/** Output port (of this router) of the packet at the front, once a VC is allocated. */
export const VC_OUT_PORT = 3;
/** Downstream virtual channel of that packet (global index). */
export const VC_OUT_VC = 4;
/** Buffer position that the upstream router fills next (VC_HEAD: the one read next). */
export const VC_TAIL = 5;
/** 1 when the upstream sender waits for a slot of this buffer. */
export const VC_AWAITED = 6;
/** Cycle of arrival of the flit that was sent here last * RUN_SCALE + how many flits up to it come one cycle after the other. */
export const VC_RUN = 7;
export const RUN_SCALE = 32;
/**
 * Buffer slots. A slot in use holds its flit (>= 0) from the moment in which the upstream router sends it; a free one holds
 * ~c, c the cycle from which the upstream sender may fill it again: credits need no events of their own.
 */
export const VC_SLOTS = 8;

/** What is needed once per packet and router only. */
export const COLD_STRIDE = 8;
/** VC allocation: round-robin pointer of the accept stage. */
export const COLD_ACCEPT = 0;
/** Number of output VC ranges that the routing function returned. */
export const COLD_REQUESTS = 1;
/** Cycle in which VC allocation was first asked. */
export const COLD_ASKED = 2;
/** Cycle since which the front flit waits for a credit. */
export const COLD_BLOCKED_SINCE = 3;
/** Flits of the packets that came to the front of this buffer (a terminal's: that were sent to it). */
export const COLD_FLITS = 4;
/** First output VC range asked for, packed port << 16 | first << 8 | last; further ones are in `routeSets`. */
export const COLD_ROUTE = 5;
/** Who sends into this buffer: virtual channel index upstream, or -(node + 1) for a terminal. */
export const COLD_OWNER = 6;

export const STATE_IDLE = 0;
export const STATE_ROUTING = 1;
export const STATE_ALLOCATING = 2;
export const STATE_ACTIVE = 3;
/** Active, and the next cycles' flits have already been sent: without or with the packet's tail. */
export const STATE_TRAIN = 4;
export const STATE_TRAIN_WITH_TAIL = 5;

/** Input port i and output port i of a router share a record of what every flit needs; the input's fields are first. */
export const PORT_STRIDE = 8;
/** Input: mask of VCs whose front flit may ask for the switch. */
export const PORT_READY = 0;
/** Input: VC that goes first in the port's own choice. */
export const PORT_ROUND_ROBIN = 1;
/** Input: iSLIP accept pointer. */
export const PORT_ACCEPT = 2;
/** Input: cycles from a flit's departure until its slot can be reused upstream. */
export const PORT_CREDIT_DELAY = 3;
/** Output: mask of downstream VCs that no packet owns. */
export const PORT_FREE = 4;
/** Output: first VC record of the downstream port; -1 when nothing is connected. */
export const PORT_DOWN = 5;
/** Output: cycles from the switch grant to the arrival downstream. */
export const PORT_FLIT_DELAY = 6;
/** Output: iSLIP grant pointer. */
export const PORT_GRANT = 7;

/** What only heads, tails and routers with speedups need of a port. */
export const WAIT_STRIDE = 8;
/** Output: heads that wait for one of its VCs. */
export const WAIT_PENDING = 0;
/** Output: last cycle in which its wire is taken (only with speedups, where flits queue for the wire). */
export const WAIT_WIRE = 1;
/** Input: last cycle in which the credit wire is taken, and the router step whose message that is (internal speedup only). */
export const WAIT_CREDIT_WIRE = 2;
export const WAIT_CREDIT_STEP = 3;
/** Output: cycles from the wire to the downstream arrival. */
export const WAIT_WIRE_DELAY = 4;

export const ROUTER_STRIDE = 8;
/** Mask of input ports with PORT_READY not zero (first 32 ports). */
export const ROUTER_READY = 0;
/** Mask of output ports with WAIT_PENDING not zero. */
export const ROUTER_PENDING = 1;
/** Packets that have a virtual channel of this router and have not left it: in its buffers or on their way to them. */
export const ROUTER_PACKETS = 2;
/** Stages with a delay of 2 and more work in batches: the cycle in which the latest batch starts. */
export const ROUTER_ROUTE_BATCH = 4;
export const ROUTER_CROSSBAR_BATCH = 5;

/** A flit is packet * 4 + these. */
export const FLIT_HEAD = 1;
export const FLIT_TAIL = 2;

/** Wheel entries are index * 8 + these. */
export const ENTRY_ARRIVAL = 0;
export const ENTRY_CREDIT = 1;
export const ENTRY_ROUTED = 2;
export const ENTRY_RELEASE = 3;
export const ENTRY_SOURCE = 4;
export const ENTRY_EJECT = 5;
/** Also the end of a train, which has no switch delay above 1. */
export const ENTRY_ASK_SWITCH = 6;
export const ENTRY_ASK_VC = 7;
