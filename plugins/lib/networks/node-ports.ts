import { InputError, ModelError, type BlockContext, type Port, type Transaction } from 'tessera-sim';

/** The ports of a network and the nodes that they are. */
export class NodePorts {
  readonly portOfNode: Port[] = [];
  private readonly nodeOfPort: number[] = [];

  constructor(
    private readonly context: Pick<BlockContext<unknown, string>, 'path' | 'blocks' | 'portToward' | 'ports'>,
    nodes: number,
  ) {
    for (const port of context.ports('node')) {
      const node = Number(port.name.slice('node'.length));
      if (node >= nodes) {
        throw new InputError({ path: port.path, message: `the network has no node ${node}`, expected: `node0 .. node${nodes - 1}` });
      }
      this.nodeOfPort[port.index] = node;
      this.portOfNode[node] = port;
    }
  }

  nodeOf(port: Port): number {
    return this.nodeOfPort[port.index]!;
  }

  /** Node at which a message leaves. */
  exitOf(message: Transaction): number {
    const { blocks, path, portToward } = this.context;
    const port = portToward(message.destination);
    if (port === undefined) throw new ModelError(`no port leads to ${blocks.pathOf(message.destination)}`, path);
    return this.nodeOf(port);
  }

  /** Whether the target of a request is the block right at a node, not one behind another network. */
  isTargetAt(node: number, request: Transaction): boolean {
    return this.context.blocks.pathOf(request.target) === this.portOfNode[node]!.neighbourPath;
  }
}
