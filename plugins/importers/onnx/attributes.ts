import { toNumber, type AttributeMessage, type GraphMessage, type NodeMessage, type TensorMessage } from './messages.js';

/** The attributes of a node by name and wanted type. */
export class Attributes {
  private readonly byName = new Map<string, AttributeMessage>();

  constructor(node: NodeMessage) {
    for (const attribute of node.attribute) this.byName.set(attribute.name ?? '', attribute);
  }

  has(name: string): boolean {
    return this.byName.has(name);
  }

  int(name: string, otherwise: number): number {
    const attribute = this.byName.get(name);
    return attribute === undefined ? otherwise : toNumber(attribute.i);
  }

  float(name: string, otherwise: number): number {
    return this.byName.get(name)?.f ?? otherwise;
  }

  ints(name: string): readonly number[] | undefined {
    const attribute = this.byName.get(name);
    return attribute === undefined ? undefined : attribute.ints.map(toNumber);
  }

  floats(name: string): readonly number[] | undefined {
    return this.byName.get(name)?.floats;
  }

  string(name: string, otherwise: string): string {
    const bytes = this.byName.get(name)?.s;
    // An empty text is not in the file; the decoder gives an empty list for it.
    return bytes === undefined || bytes.length === 0 ? otherwise : new TextDecoder().decode(bytes);
  }

  tensor(name: string): TensorMessage | undefined {
    return this.byName.get(name)?.t ?? undefined;
  }

  graph(name: string): GraphMessage | undefined {
    return this.byName.get(name)?.g ?? undefined;
  }
}
