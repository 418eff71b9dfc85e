/** Parameters of the compiled part, given once, one word each from FIRST_PARAMETER on. */
export const enum P {
  NUM_VCS,
  BUFFER_FLITS,
  PORTS,
  VCS_PER_ROUTER,
  VC_SHIFT,
  ROUTER_VCS,
  VCS_AT,
  FIRST_SINK_VC,
  TABLE_AT,
  ROUTER_STRIDE,
  RING_AT,
  PORTS_AT,
  REQUESTS_AT,
  REQUEST_WORDS,
  RING_MASK,
  WINDOW_CYCLES,
  MEMBERS_AT,
  MEMBER_WORDS,
  COUNTS_AT,
  WAKES_AT,
  WIRES_AT,
  PORT_OF_LOCAL_AT,
  SCRATCH_AT,
  EJECTED_AT,
  EJECTED_MASK,
  PACKETS_AT,
  ROUTE_SETS_AT,
  MAX_REQUESTS,
  SINK_CREDIT_DELAY,
  TRAIN_CYCLES,
  ROUTING_DELAY,
  VC_ALLOC_DELAY,
  SWITCH_ALLOC_DELAY,
  CROSSING_DELAY,
  /** Cycles that a flit takes on a link between routers, as a fraction. */
  LINK_NUMERATOR,
  LINK_DENOMINATOR,
  ITERATIONS,
  /** Flags. */
  PLAIN,
  FIXED_DELAYS,
  HOLDS_SWITCH,
  WAITS_FOR_TAIL_CREDIT,
  SPECULATIVE,
  KEEPS_ORDER,
}

/** Fixed places: below 1024 bytes nothing lies, which the compiler relies on. */
export const enum M {
  /** First word of the parameters. */
  FIRST_PARAMETER = 256,
  /** Words: routers on the calendar. */
  PENDING = 320,
  /** Double words. */
  FLIT_HOPS = 164,
  NO_VC = 165,
  NO_CREDIT = 166,
  LOST_SWITCH = 167,
  EJECTED = 168,
  INTERNAL_SPEEDUP = 169,
  /** First word of the tables. */
  FIRST_TABLE = 352,
}
