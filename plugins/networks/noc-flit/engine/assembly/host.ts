/** What the compiled part asks of the rest of the engine. */

/** Route a packet (its record) at the front of `vc`, input port `inPort` of the router, and store what it asks for. */
@external('host', 'route')
export declare function route(vc: i32, packet: i32, router: i32, inPort: i32, inVc: i32): void;

/** Put an entry on the terminals' calendar. */
@external('host', 'push')
export declare function push(cycle: i32, entry: i32): void;

/** One step of VC and switch allocation of a router, where the table-driven stages do not apply. */
@external('host', 'allocate')
export declare function allocate(router: i32, cycle: i32): void;

/** The order of service (see `ServiceOrder`). */
@external('host', 'bodyArrived')
export declare function bodyArrived(vc: i32, step: f64, input: i32): void;

@external('host', 'wasGranted')
export declare function wasGranted(vc: i32, step: f64): void;

@external('host', 'sortRouting')
export declare function sortRouting(list: i32, count: i32, carried: i32): void;

@external('host', 'wasRouted')
export declare function wasRouted(vc: i32, step: f64, place: i32): void;
