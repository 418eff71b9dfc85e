import { blockPathOf, type MachineBlock, type MachineConnection, type MachineDescription } from 'tessera-sim';

/** What bytes pass through between two blocks: blocks that forward, and connections. */
export interface Carriers {
  readonly blocks: readonly MachineBlock[];
  readonly connections: readonly MachineConnection[];
}

const NONE: Carriers = { blocks: [], connections: [] };

/** Ways through a machine by the fewest hops, as its messages go; each pair is looked up once. */
export class CarrierTable {
  private readonly known = new Map<string, Map<string, Carriers>>();
  private readonly connectionsOf = new Map<string, { other: string; connection: MachineConnection }[]>();

  constructor(private readonly machine: MachineDescription) {
    for (const connection of machine.connections) {
      const [a, b] = [blockPathOf(connection.from), blockPathOf(connection.to)];
      this.edgesOf(a).push({ other: b, connection });
      this.edgesOf(b).push({ other: a, connection });
    }
  }

  /** Nothing when there is no way, or when both are one block. */
  between(from: string, to: string): Carriers {
    let ways = this.known.get(from);
    if (ways === undefined) this.known.set(from, (ways = new Map<string, Carriers>()));
    let carriers = ways.get(to);
    if (carriers === undefined) ways.set(to, (carriers = from === to ? NONE : this.search(from, to)));
    return carriers;
  }

  /** Breadth-first from the start; only blocks that forward are gone through. */
  private search(from: string, to: string): Carriers {
    const cameBy = new Map<string, { before: string; connection: MachineConnection }>();
    const queue = [from];
    for (const path of queue) {
      if (path !== from && !forwards(this.machine.block(path))) continue;
      for (const { other, connection } of this.edgesOf(path)) {
        if (other === from || cameBy.has(other)) continue;
        cameBy.set(other, { before: path, connection });
        if (other === to) return this.wayTo(to, from, cameBy);
        queue.push(other);
      }
    }
    return NONE;
  }

  private wayTo(to: string, from: string, cameBy: ReadonlyMap<string, { before: string; connection: MachineConnection }>): Carriers {
    const blocks: MachineBlock[] = [];
    const connections: MachineConnection[] = [];
    for (let path = to; path !== from;) {
      const { before, connection } = cameBy.get(path)!;
      connections.push(connection);
      const block = before === from ? undefined : this.machine.block(before);
      if (block !== undefined) blocks.push(block);
      path = before;
    }
    return { blocks, connections };
  }

  private edgesOf(path: string): { other: string; connection: MachineConnection }[] {
    let edges = this.connectionsOf.get(path);
    if (edges === undefined) this.connectionsOf.set(path, (edges = []));
    return edges;
  }
}

function forwards(block: MachineBlock | undefined): boolean {
  return block !== undefined && 'forwards' in block.facts && block.facts.forwards === true;
}
