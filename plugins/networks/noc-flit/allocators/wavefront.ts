import type { StateExchange } from 'tessera-sim';
import type { Allocator, AllocatorKind } from '../contract.js';
import { Matching, RequestTable } from './request-table.js';

/**
 * Wavefront allocator (Tamir & Chi, IEEE TPDS 4(1), 1993): diagonals of the request matrix, on which no two requests
 * conflict, are granted one after the other; the first diagonal rotates. A lone request is granted without the wave.
 */
class Wavefront implements Allocator {
  private readonly requests: RequestTable;
  private readonly matching: Matching;
  private readonly size: number;
  private diagonal = 0;

  constructor(inputs: number, outputs: number) {
    this.requests = new RequestTable(inputs, outputs);
    this.matching = new Matching(inputs, outputs);
    this.size = Math.max(inputs, outputs);
  }

  addRequest(input: number, output: number, inputPriority: number, outputPriority: number): void {
    this.requests.add(input, output, inputPriority, outputPriority);
  }

  allocate(): void {
    this.matching.clear();
    if (this.requests.count === 0) return;
    for (let wave = 0; wave < this.size; wave++) this.grantDiagonal((this.diagonal + wave) % this.size);
    this.diagonal = (this.diagonal + 1) % this.size;
    this.requests.clear();
  }

  outputOf(input: number): number {
    return this.matching.output[input]!;
  }

  inputOf(output: number): number {
    return this.matching.input[output]!;
  }

  state(s: StateExchange): void {
    this.diagonal = s.number(this.diagonal);
  }

  private grantDiagonal(diagonal: number): void {
    const { requests, matching, size } = this;
    for (let index = 0; index < requests.askedOutputCount; index++) {
      const output = requests.askedOutputs[index]!;
      const input = (diagonal - output + size) % size;
      if (input >= requests.inputs || requests.present[input * requests.outputs + output] === 0) continue;
      if (matching.input[output]! < 0 && matching.output[input]! < 0) matching.set(input, output);
    }
  }
}

export const wavefront: AllocatorKind = {
  name: 'wavefront',
  summary: 'diagonals of the request matrix one after the other, the first one rotating',
  create: (inputs, outputs) => new Wavefront(inputs, outputs),
};
