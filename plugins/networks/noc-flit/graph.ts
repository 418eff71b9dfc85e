import { InputError } from 'tessera-sim';

/** A unidirectional channel between two router ports. */
export interface ChannelSpec {
  readonly from: { readonly router: number; readonly port: number };
  readonly to: { readonly router: number; readonly port: number };
  /** Cycles on the wire, for flits and for the credits that come back. At least 1. */
  readonly latencyCycles: number;
}

/** Where a node (network interface) is attached. */
export interface TerminalSpec {
  readonly router: number;
  /** Input port of the router that the node injects into. */
  readonly inPort: number;
  /** Output port of the router that leads to the node; it may belong to another router (multistage networks). */
  readonly outRouter: number;
  readonly outPort: number;
  readonly injectLatencyCycles: number;
  readonly ejectLatencyCycles: number;
}

/** What a topology makes: routers with numbered ports, channels, terminals. */
export interface NetworkGraph {
  readonly routers: number;
  /** Ports of the largest router (input and output ports are numbered separately, both from 0). */
  readonly portsPerRouter: number;
  readonly channels: readonly ChannelSpec[];
  /** Index = node. */
  readonly terminals: readonly TerminalSpec[];
  /** Where to draw each router (heat map): x to the right, y down, neighbours about 1 apart. Default: a circle. */
  readonly positions?: readonly (readonly [x: number, y: number])[];
}

/** Check that ports are used once, latencies are whole cycles and every router and node exists. */
export function checkGraph(graph: NetworkGraph, topology: string): void {
  const outputs = new Set<number>();
  const inputs = new Set<number>();
  const claim = (set: Set<number>, router: number, port: number, what: string): void => {
    if (router < 0 || router >= graph.routers) throw problem(topology, `${what} names router ${router}; there are ${graph.routers}`);
    if (port < 0 || port >= graph.portsPerRouter)
      throw problem(topology, `${what} names port ${port} of router ${router}; a router has at most ${graph.portsPerRouter}`);
    const key = router * graph.portsPerRouter + port;
    if (set.has(key)) throw problem(topology, `${what}: port ${port} of router ${router} is used twice`);
    set.add(key);
  };
  for (const channel of graph.channels) {
    claim(outputs, channel.from.router, channel.from.port, 'channel source');
    claim(inputs, channel.to.router, channel.to.port, 'channel destination');
    checkLatency(topology, channel.latencyCycles);
  }
  for (const terminal of graph.terminals) {
    claim(inputs, terminal.router, terminal.inPort, 'terminal');
    claim(outputs, terminal.outRouter, terminal.outPort, 'terminal');
    checkLatency(topology, terminal.injectLatencyCycles);
    checkLatency(topology, terminal.ejectLatencyCycles);
  }
}

function checkLatency(topology: string, cycles: number): void {
  if (!Number.isInteger(cycles) || cycles < 1) throw problem(topology, `a channel latency is ${cycles} cycles; it must be a whole number of at least 1`);
}

function problem(topology: string, text: string): InputError {
  return new InputError({ message: `topology ${topology}: ${text}` });
}
