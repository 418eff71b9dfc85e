/** What a topology, a routing function and an allocator of `noc-flit` are: the interfaces behind its extension points. */
import type { StateExchange } from 'tessera-sim';
import type { NetworkGraph } from './graph.js';

export type { NetworkGraph, ChannelSpec, TerminalSpec } from './graph.js';

/** Options of a topology, as written in the configuration (`k`, `n`, `c`, ... ). */
export type TopologyOptions = Readonly<Record<string, unknown>>;

/** Makes the graph of one family of networks. */
export interface Topology {
  readonly name: string;
  /** One line for error messages and documentation. */
  readonly summary: string;
  build(options: TopologyOptions): NetworkGraph;
}

/** What a routing function is asked: a packet's head is at the front of a virtual channel of a router's input port. */
export interface RouteQuery {
  readonly router: number;
  readonly inPort: number;
  readonly inVc: number;
  /** True when the packet came from a terminal (it has not been routed before). */
  readonly atInjection: boolean;
  readonly destination: number;
  /** Two integers kept with the packet (phase, intermediate node, dateline class): the routing function's own state. */
  routeState0: number;
  routeState1: number;
}

/** Collects the output virtual channels that a packet may take. */
export interface RouteSet {
  /** VCs `firstVc` .. `lastVc` of an output port. `priority` matters to allocators that honour it. `escape` marks the channels that keep an adaptive routing free of deadlock. */
  add(outPort: number, firstVc: number, lastVc: number, priority: number, escape?: boolean): void;
}

/** Keeps nothing between two questions but what is in the packet: a saved state holds no more of it. */
export interface RoutingFunction {
  /** Most entries that one call adds. */
  readonly maxRequests: number;
  /** True when it calls `choose`: the heads of one cycle are then routed in a fixed order (router by router). */
  readonly draws?: boolean;
  route(query: RouteQuery, set: RouteSet): void;
}

/** What a routing function is made from. `choose(bound)` draws a whole number in [0, bound): the only source of randomness. */
export interface RoutingContext {
  readonly graph: NetworkGraph;
  readonly options: TopologyOptions;
  readonly numVcs: number;
  choose(bound: number): number;
}

export interface Routing {
  readonly name: string;
  readonly summary: string;
  /** Topologies that it understands; empty = any. */
  readonly topologies: readonly string[];
  /** Fewest virtual channels it needs. */
  readonly minVcs: number;
  create(context: RoutingContext): RoutingFunction;
}

/** Matches inputs with outputs, one object per router and stage. Requests are added, `allocate` is called, the match is read. */
export interface Allocator {
  addRequest(input: number, output: number, inputPriority: number, outputPriority: number): void;
  /** Compute the match from the requests added since the last call, and forget them. */
  allocate(): void;
  /** Output matched with the input, or -1. */
  outputOf(input: number): number;
  /** Input matched with the output, or -1. */
  inputOf(output: number): number;
  /** Pointers and the like. Absent when it keeps nothing between two matches. */
  state?(s: StateExchange): void;
}

export interface AllocatorKind {
  readonly name: string;
  readonly summary: string;
  create(inputs: number, outputs: number, iterations: number): Allocator;
}
