import { isPlainObject } from '../document/places.js';
import type { RunResult } from '../result/run-result.js';

/** A router of a network and where it is drawn: x to the right, y down, neighbours about 1 apart. */
export interface MapRouter {
  readonly x: number;
  readonly y: number;
  /** Number or coordinates. */
  readonly name: string;
  /** Blocks or nodes attached to it. */
  readonly nodes: readonly string[];
}

/** A directed link between two routers, given by their index. */
export interface MapLink {
  readonly from: number;
  readonly to: number;
  readonly label: string;
  /** 0..1 of the run. */
  readonly utilisation: number;
  readonly flits?: number;
  readonly bytes?: number;
  readonly packets?: number;
  /** Flits of each virtual channel. */
  readonly vcFlits?: readonly number[];
}

/** The inside of a network as its own report tells. */
export interface NetworkMap {
  /** Path of the block; empty for a network that was simulated alone. */
  readonly path: string;
  readonly topology: string;
  readonly routers: readonly MapRouter[];
  readonly links: readonly MapLink[];
}

type Loose = Readonly<Record<string, unknown>>;

/** All networks of a run that tell their routers and links: blocks of a machine, or the network of a `kind: traffic`. */
export function networkMaps(result: RunResult): NetworkMap[] {
  if (result.kind === 'experiment') return mapOf('', '', result.tables?.['routers'], result.tables?.['links']);
  return result.blocks.flatMap(({ path, report }) => {
    const topology = report?.['topology'] as Loose | undefined;
    return !isPlainObject(topology) ? [] : mapOf(path, textIn(topology['name']), topology['routers'], report?.['links']);
  });
}

function mapOf(path: string, topology: string, routers: unknown, links: unknown): NetworkMap[] {
  if (!Array.isArray(routers) || !Array.isArray(links)) return [];
  if (!routers.every(isPlainObject)) return [];
  const places = routers.map(routerOf);
  const between = links.filter(isPlainObject).flatMap((link) => linkOf(link, places.length));
  return places.length === 0 || between.length === 0 ? [] : [{ path, topology, routers: places, links: between }];
}

function routerOf({ x, y, nodes }: Loose, index: number): MapRouter {
  return { x: numberIn(x), y: numberIn(y), name: String(index), nodes: Array.isArray(nodes) ? nodes.map(textIn) : [] };
}

/** A link between known routers; anything else of a report is left alone. */
function linkOf({ from, to, label, utilisation, ...rest }: Loose, routers: number): MapLink[] {
  if (typeof from !== 'number' || typeof to !== 'number' || typeof utilisation !== 'number') return [];
  if (!isIndex(from, routers) || !isIndex(to, routers)) return [];
  const counts = Object.fromEntries(['flits', 'bytes', 'packets'].flatMap((name) => (typeof rest[name] === 'number' ? [[name, rest[name]]] : [])));
  const { vcFlits } = rest;
  return [{ from, to, label: textIn(label), utilisation, ...counts, ...(Array.isArray(vcFlits) ? { vcFlits: vcFlits.map(numberIn) } : {}) }];
}

/** Result documents come from anybody, and their mappings have no prototype that could turn them into text. */
function textIn(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

function numberIn(value: unknown): number {
  return typeof value === 'number' ? value : NaN;
}

function isIndex(value: number, count: number): boolean {
  return Number.isInteger(value) && value >= 0 && value < count;
}

/** Busiest first; equal ones stay in the order of the network. */
export function busiestLinks({ links }: NetworkMap): MapLink[] {
  return [...links].sort((a, b) => b.utilisation - a.utilisation);
}

/** Mean utilisation of each virtual channel over the links, 0..1; empty when the links do not tell. */
export function vcUtilisation({ links }: NetworkMap): number[] {
  const channels = links.reduce((most, { vcFlits }) => Math.max(most, vcFlits?.length ?? 0), 0);
  const sums = new Array<number>(channels).fill(0);
  for (const link of links) vcShares(link).forEach((share, vc) => (sums[vc]! += share));
  return sums.map((sum) => sum / links.length);
}

/** The part of a link's utilisation that each of its virtual channels has. */
export function vcShares({ vcFlits, flits, utilisation }: MapLink): number[] {
  return (vcFlits ?? []).map((carried) => (flits === undefined || flits === 0 ? 0 : (utilisation * carried) / flits));
}
