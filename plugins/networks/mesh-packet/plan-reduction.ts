import { HEADER_BYTES, ModelError, type Transaction } from '../../../core/index.js';
import { packetsOf } from './closed-form.js';
import type { PacketConfig } from './config.js';
import { Reduction } from './reduction.js';
import type { Topology } from './topology.js';
import { reductionTree } from './trees.js';

export interface ReductionRequest {
  readonly members: readonly Transaction[];
  /** Nodes at which the requests leave. */
  readonly exits: readonly number[];
  /**
   * Only responses of blocks right at our nodes are sure to come in where their requests went out. What lies beyond another
   * network may come back another way, and is added at the last router.
   */
  readonly isStray: readonly boolean[];
  /** At which it comes in. */
  readonly node: number;
}

/** @param path of the network, for messages */
export function planReduction({ members, exits, isStray, node }: ReductionRequest, topology: Topology, config: PacketConfig, path: string): Reduction {
  const bytes = members[0]!.bytes;
  const mostBytes = config.reductionEntries * config.maxPacketBytes;
  if (members.some((member) => member.bytes !== bytes) || bytes > mostBytes) {
    throw new ModelError(`a reduction reads ${members.map((member) => member.bytes).join(', ')} bytes; expected as many from each, at most ${mostBytes}`, path);
  }
  const nodes = exits.filter((_, i) => !isStray[i]);
  const tree = reductionTree(topology, nodes, members.length - nodes.length, node);
  return new Reduction(members, tree, packetsOf(bytes + HEADER_BYTES, config.maxPacketBytes), node);
}
