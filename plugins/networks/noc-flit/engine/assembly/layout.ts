/**
 * Where things lie in a network's memory, which the compiled pipeline (this folder) and the rest of the engine share. What a
 * flit's hop needs is packed: one cache line for each virtual channel with its buffer, and a few for each router with all its
 * ports. A record is named by the place of its first word (32 bits); the numbers of fields of 16 bits (`VC16_`, `PORT16_`)
 * count half words from there. A constant enumeration: both compilers write the numbers where the names stand.
 */
export const enum L {
  /**
   * Virtual channel of an input port (or of a terminal): its state and, from VC_SLOTS on, its buffer. With up to 8 flits all
   * of it is 64 bytes. A virtual channel is named by the place of its record.
   */
  VC16_HEAD = 0,
  /** Flits that have arrived and not left; negative while a train has left of which flits are still to arrive. */
  VC16_COUNT = 1,
  /** Buffer position that the upstream router fills next (VC16_HEAD: the one read next). */
  VC16_TAIL = 2,
  VC16_STATE = 3,
  /** 1 when the upstream sender waits for a slot of this buffer. */
  VC16_AWAITED = 4,
  /** VC allocation: round-robin pointer of the accept stage. */
  VC16_ACCEPT = 5,
  /** Output port (of this router) of the packet at the front, once a VC is allocated. */
  VC16_OUT_PORT = 6,
  /** Before: number of output VC ranges that the routing function returned. */
  VC16_REQUESTS = 6,
  /** Once a VC is allocated: downstream virtual channel of the packet at the front. */
  VC_OUT_VC = 4,
  /** Before: the first output VC range asked for, packed port << 16 | first << 8 | last; further ones are in `routeSets`. */
  VC_ROUTE = 4,
  /** Flits of the packets that came to the front (a terminal's: that were sent to it). */
  VC_FLITS = 5,
  /** Cycle in which VC allocation was first asked; once a VC is allocated, since which the front flit waits for a credit. */
  VC_SINCE = 6,
  /** Who sends into this buffer: virtual channel upstream, or -(node + 1) for a terminal. */
  VC_OWNER = 7,
  /**
   * Buffer slots. A slot in use holds its flit (>= 0) from the moment in which the upstream router sends it; a free one holds
   * ~c, c the cycle from which the upstream sender may fill it again: credits need no events of their own.
   */
  VC_SLOTS = 8,

  STATE_IDLE = 0,
  STATE_ROUTING = 1,
  STATE_ALLOCATING = 2,
  STATE_ACTIVE = 3,
  /** Active, and the next cycles' flits have already been sent: without or with the packet's tail. */
  STATE_TRAIN = 4,
  STATE_TRAIN_WITH_TAIL = 5,

  /**
   * A router's record: these fields, its ring of arrivals (`FlitState.ringAt`), its ports (`portsAt`), its output VCs
   * (`requestsAt`: for each a mask of the input VCs that ask for it, bit = input port * numVcs + vc, and the round-robin
   * pointer of the grant stage).
   */
  /** Mask of input ports with PORT_READY not zero (first 32 ports). */
  ROUTER_READY = 0,
  /** Mask of output ports with PORT16_PENDING not zero (first 32 ports). */
  ROUTER_PENDING = 1,
  /** Packets that have a virtual channel of this router and have not left it: in its buffers or on their way to them. */
  ROUTER_PACKETS = 2,
  /** 1 when a head may find a free output VC: VC allocation has to look. */
  ROUTER_CONTEST = 3,
  /** Virtual channels that are to wake. */
  ROUTER_WAKES = 4,
  /** Stages with a delay of 2 and more work in batches: the cycle in which the latest batch starts, plus 1. */
  ROUTER_ROUTE_BATCH = 5,
  ROUTER_CROSSBAR_BATCH = 6,
  ROUTER_FIELDS = 8,

  /** Input port i and output port i of a router share a record. */
  PORT_STRIDE = 8,
  /** Input: mask of VCs whose front flit may ask for the switch. */
  PORT_READY = 0,
  /** Output: mask of downstream VCs that no packet owns. */
  PORT_FREE = 1,
  /** Output: first virtual channel of the downstream port; -1 when nothing is connected. The others follow, `vcStride` apart. */
  PORT_DOWN = 2,
  /** Output: the router of the downstream port, and (16 bits) the number of its first VC within that router. */
  PORT_DOWN_ROUTER = 3,
  /** Input: VC that goes first in the port's own choice. */
  PORT16_ROUND_ROBIN = 8,
  /** Input: iSLIP accept pointer. */
  PORT16_ACCEPT = 9,
  /** Output: iSLIP grant pointer. */
  PORT16_GRANT = 10,
  /** Output: heads that wait for one of its VCs. */
  PORT16_PENDING = 11,
  PORT16_DOWN_LOCAL = 12,
  /** Output: cycles from the switch grant to the arrival downstream. */
  PORT16_FLIT_DELAY = 13,
  /** Input: cycles from a flit's departure until its slot can be reused upstream. */
  PORT16_CREDIT_DELAY = 14,

  /** Wires of a port where several flits or credits of one cycle queue for them (speedups, batches). */
  WIRE_STRIDE = 8,
  /** Output: first cycle in which its wire is free, and the part of that cycle that is gone, in link denominators. */
  WIRE_FREE = 0,
  WIRE_FRACTION = 4,
  /** Output: cycles from the wire to the downstream arrival. */
  WIRE_DELAY = 1,
  /** Input: last cycle in which the credit wire is taken, and the router step whose message that is. */
  WIRE_CREDIT = 2,
  WIRE_CREDIT_STEP = 3,

  /** A flit is packet * 4 + these. */
  FLIT_HEAD = 1,
  FLIT_TAIL = 2,

  /** Entries of the terminals' calendar are index * 4 + these. */
  ENTRY_SOURCE = 0,
  ENTRY_EJECT = 1,
  ENTRY_RELEASE = 2,

  /** A packet's record: whole numbers, then times (doubles, counted in double words from the record's start). */
  PACKET_STRIDE = 32,
  PACKET_DESTINATION = 0,
  /** Routers that have routed the head so far. */
  PACKET_HOPS = 1,
  /** The routing function's state of the packet. */
  PACKET_ROUTE_STATE0 = 2,
  PACKET_ROUTE_STATE1 = 3,
  PACKET_FLITS = 4,
  /** Flits that have not been ejected yet; 0 in a record that is not in use. */
  PACKET_FLITS_LEFT = 5,
  PACKET_SOURCE = 6,
  /** The user's tag, given at injection and handed back at ejection. */
  PACKET_TAG = 7,
  /** Next packet in the same source queue, -1 at its end. */
  PACKET_NEXT = 8,
  /** Absolute cycles, as doubles so that long runs do not overflow. */
  TIME_CREATED = 8,
  /** Cycle in which the packet reached the front of its source queue. */
  TIME_STARTED = 9,
  /** Cycle in which the head entered the injection channel. */
  TIME_HEAD_SENT = 10,
  TIME_HEAD_EJECTED = 11,
  /** Sum over the flits of (ejected - sent). */
  TIME_FLIT_CYCLES = 12,
}
