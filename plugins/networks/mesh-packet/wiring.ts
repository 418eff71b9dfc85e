import type { Topology } from './topology.js';

/** Which buffers and outputs belong to which router: a channel (a link or a node) ends in a buffer for each lane. */
export class Wiring {
  /** Router that a buffer feeds. */
  readonly routerOfBuffer: Int32Array;
  /** Place of a buffer among the inputs of its router. */
  readonly inputOfBuffer: Int32Array;
  /** Inputs of the router of each output. */
  readonly inputCounts: readonly number[];
  /** Buffers of each router by input. */
  private readonly buffersOfRouter: number[][];
  private readonly routerOfOutput: Int32Array;

  constructor(topology: Topology, lanes: number) {
    const links = topology.links.length;
    const channels = links + topology.nodes;
    this.routerOfBuffer = new Int32Array(channels * lanes);
    this.inputOfBuffer = new Int32Array(channels * lanes);
    this.routerOfOutput = new Int32Array(channels);
    this.buffersOfRouter = Array.from({ length: topology.routers }, () => []);
    for (let channel = 0; channel < channels; channel++) {
      const link = topology.links[channel];
      this.routerOfOutput[channel] = link?.from ?? topology.exitRouter(channel - links);
      this.placeBuffers(channel * lanes, lanes, link?.to ?? topology.entryRouter(channel - links));
    }
    this.inputCounts = Array.from(this.routerOfOutput, (router) => this.buffersOfRouter[router]!.length);
  }

  /** Buffer behind an input of the router that has this output. */
  bufferAt(output: number, input: number): number {
    return this.buffersOfRouter[this.routerOfOutput[output]!]![input]!;
  }

  private placeBuffers(first: number, lanes: number, router: number): void {
    for (let buffer = first; buffer < first + lanes; buffer++) {
      this.routerOfBuffer[buffer] = router;
      this.inputOfBuffer[buffer] = this.buffersOfRouter[router]!.push(buffer) - 1;
    }
  }
}
