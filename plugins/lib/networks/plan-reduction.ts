import { HEADER_BYTES, ModelError, type Transaction } from 'tessera-sim';
import type { NodePorts } from './node-ports.js';
import { Reduction, type ReductionTree } from './reduction.js';

/** What a network can combine, and where responses meet in it. */
export interface ReductionShape<Tree extends ReductionTree> {
  /** Payload of the largest packet, and partial sums of one packet each that are held where responses meet. */
  readonly packetBytes: number;
  readonly entries: number;
  /** The union of the ways from `nodes` to `toNode`; `strays` more responses come from somewhere else. */
  tree(nodes: readonly number[], strays: number, toNode: number): Tree;
}

export interface PlannedReduction<Tree extends ReductionTree> {
  readonly reduction: Reduction<Tree>;
  /**
   * By member. Only responses of blocks right at our nodes are sure to come in where their requests went out. What lies beyond
   * another network may come back another way, and is added at the last place only.
   */
  readonly isStray: readonly boolean[];
}

/**
 * @param node at which the request came in
 * @param path of the network, for messages
 */
export function planReduction<Tree extends ReductionTree>(
  members: readonly Transaction[],
  node: number,
  ports: NodePorts,
  shape: ReductionShape<Tree>,
  path: string,
): PlannedReduction<Tree> {
  const bytes = members[0]!.bytes;
  const mostBytes = shape.entries * shape.packetBytes;
  if (members.some((member) => member.bytes !== bytes) || bytes > mostBytes) {
    throw new ModelError(`a reduction reads ${members.map((member) => member.bytes).join(', ')} bytes; expected as many from each, at most ${mostBytes}`, path);
  }
  const exits = members.map((member) => ports.exitOf(member));
  const isStray = members.map((member, i) => !ports.isTargetAt(exits[i]!, member));
  const nodes = exits.filter((_, i) => !isStray[i]);
  const way = { nodes, strays: members.length - nodes.length, toNode: node };
  return { reduction: new Reduction(members, shape.tree(nodes, way.strays, node), way, packetsOf(bytes + HEADER_BYTES, shape.packetBytes)), isStray };
}

/** Packets that a message of `wireBytes` (header included) travels in, of up to `packetBytes` of payload each. */
export function packetsOf(wireBytes: number, packetBytes: number): number {
  return Math.max(1, Math.ceil((wireBytes - HEADER_BYTES) / packetBytes));
}
