import { InputError } from 'tessera-sim';
import type { ChannelSpec, NetworkGraph, TerminalSpec, Topology, TopologyOptions } from '../contract.js';
import { circlePlaces } from './places.js';

/** One statement of an anynet text: `router A` is joined to a node or a router, optionally with a latency in cycles. */
interface Join {
  readonly latency: number | undefined;
}

interface ParsedNet {
  readonly nodes: Map<number, { router: number; latency: number }>;
  readonly links: Map<number, Map<number, Join>>;
}

/**
 * The `anynet` text of BookSim: lines like `router 0 node 0 node 1 router 1 15 router 2`. The number after a connection is
 * its latency in cycles (default 1). Links are bidirectional; a latency holds for both directions unless the other line
 * gives its own. Text after `#` or `//` is a comment.
 */
function parse(text: string, file: string): ParsedNet {
  const net: ParsedNet = { nodes: new Map(), links: new Map() };
  text.split(/\r?\n/).forEach((line, index) => {
    const words = line
      .replace(/(#|\/\/).*$/, '')
      .trim()
      .split(/\s+/)
      .filter((word) => word !== '');
    if (words.length > 0)
      parseLine(
        words,
        net,
        (message) => new InputError({ file, line: index + 1, message, expected: 'router <id> [node <id> [cycles]] [router <id> [cycles]] ...' }),
      );
  });
  return net;
}

function parseLine(words: readonly string[], net: ParsedNet, problem: (message: string) => InputError): void {
  const head = words[0]!;
  const headId = number(words[1], problem);
  if (head !== 'router' && head !== 'node') throw problem(`a line starts with '${head}'`);
  for (let at = 2; at < words.length;) {
    const kind = words[at]!;
    const id = number(words[at + 1], problem);
    at += 2;
    const latency = at < words.length && /^\d+$/.test(words[at]!) ? number(words[at++], problem) : undefined;
    if (kind === 'node' && head === 'router') addNode(net, id, headId, latency, problem);
    else if (kind === 'router' && head === 'node') addNode(net, headId, id, latency, problem);
    else if (kind === 'router') addLink(net, headId, id, latency);
    else throw problem(kind === 'node' ? 'a node cannot be joined to a node' : `'${kind}' is neither node nor router`);
  }
  if (head === 'router' && !net.links.has(headId)) net.links.set(headId, new Map());
}

function number(word: string | undefined, problem: (message: string) => InputError): number {
  if (word === undefined || !/^\d+$/.test(word)) throw problem(`'${word ?? 'end of line'}' is not a number`);
  return Number(word);
}

function addNode(net: ParsedNet, node: number, router: number, latency: number | undefined, problem: (message: string) => InputError): void {
  const known = net.nodes.get(node);
  if (known !== undefined && known.router !== router) throw problem(`node ${node} is joined to router ${known.router} and to router ${router}`);
  net.nodes.set(node, { router, latency: latency ?? known?.latency ?? 1 });
  if (!net.links.has(router)) net.links.set(router, new Map());
}

function addLink(net: ParsedNet, from: number, to: number, latency: number | undefined): void {
  const side = (router: number): Map<number, Join> => {
    let links = net.links.get(router);
    if (links === undefined) net.links.set(router, (links = new Map()));
    return links;
  };
  side(from).set(to, { latency: latency ?? side(from).get(to)?.latency });
  if (!side(to).has(from)) side(to).set(from, { latency: undefined });
}

/** Ports of a router: its nodes in ascending order, then its neighbours in ascending order. */
function toGraph(net: ParsedNet, file: string): NetworkGraph {
  const routers = contiguous([...net.links.keys()], 'router', file);
  const nodes = contiguous([...net.nodes.keys()], 'node', file);
  const portOf = Array.from({ length: routers }, () => new Map<number, number>());
  const used = new Array<number>(routers).fill(0);
  const terminals: TerminalSpec[] = [];
  for (let node = 0; node < nodes; node++) {
    const { router, latency } = net.nodes.get(node)!;
    const port = used[router]!++;
    terminals.push({ router, inPort: port, outRouter: router, outPort: port, injectLatencyCycles: latency, ejectLatencyCycles: latency });
  }
  for (let router = 0; router < routers; router++) {
    for (const other of [...net.links.get(router)!.keys()].sort((a, b) => a - b)) portOf[router]!.set(other, used[router]!++);
  }
  const channels: ChannelSpec[] = [];
  for (let router = 0; router < routers; router++) {
    for (const [other, port] of portOf[router]!) {
      const latencyCycles = net.links.get(router)!.get(other)!.latency ?? net.links.get(other)!.get(router)!.latency ?? 1;
      channels.push({ from: { router, port }, to: { router: other, port: portOf[other]!.get(router)! }, latencyCycles });
    }
  }
  return { routers, portsPerRouter: Math.max(1, ...used), channels, terminals, positions: circlePlaces(routers) };
}

function contiguous(ids: number[], what: string, file: string): number {
  ids.sort((a, b) => a - b);
  const gap = ids.findIndex((id, index) => id !== index);
  if (ids.length === 0) throw new InputError({ file, line: 1, column: 1, message: `the network has no ${what}` });
  if (gap >= 0) throw new InputError({ file, line: 1, column: 1, message: `${what}s are not numbered 0 .. ${ids.length - 1}: ${what} ${gap} is missing` });
  return ids.length;
}

function build(options: TopologyOptions): NetworkGraph {
  const text = options['text'];
  const file = typeof options['file'] === 'string' ? options['file'] : 'anynet text';
  if (typeof text !== 'string')
    throw new InputError({ path: 'text', message: 'topology anynet needs its network as text', expected: 'lines such as: router 0 node 0 router 1' });
  return toGraph(parse(text, file), file);
}

export const anynet: Topology = { name: 'anynet', summary: 'any graph, from text in the form of BookSim anynet files', build };
