import type { StateExchange } from 'tessera-sim';
import type { Allocator, AllocatorKind } from '../contract.js';
import { Matching, RequestTable } from './request-table.js';

/**
 * iSLIP (McKeown, IEEE/ACM ToN 7(2), 1999): outputs grant and inputs accept by round robin; the pointers move only when a
 * grant of the first iteration is accepted. Priorities are ignored.
 */
class Islip implements Allocator {
  private readonly requests: RequestTable;
  private readonly matching: Matching;
  private readonly grantPointer: Int32Array;
  private readonly acceptPointer: Int32Array;
  /** Per input: output whose grant comes first, -1 = none. */
  private readonly offer: Int32Array;

  constructor(
    inputs: number,
    outputs: number,
    private readonly iterations: number,
  ) {
    this.requests = new RequestTable(inputs, outputs);
    this.matching = new Matching(inputs, outputs);
    this.grantPointer = new Int32Array(outputs);
    this.acceptPointer = new Int32Array(inputs);
    this.offer = new Int32Array(inputs).fill(-1);
  }

  addRequest(input: number, output: number, inputPriority: number, outputPriority: number): void {
    this.requests.add(input, output, inputPriority, outputPriority);
  }

  allocate(): void {
    this.matching.clear();
    for (let iteration = 0; iteration < this.iterations; iteration++) {
      this.grant();
      if (!this.accept(iteration === 0)) break;
    }
    this.requests.clear();
  }

  outputOf(input: number): number {
    return this.matching.output[input]!;
  }

  inputOf(output: number): number {
    return this.matching.input[output]!;
  }

  state(s: StateExchange): void {
    s.numbers(this.grantPointer);
    s.numbers(this.acceptPointer);
  }

  private grant(): void {
    const { requests, matching } = this;
    for (let index = 0; index < requests.askedOutputCount; index++) {
      const output = requests.askedOutputs[index]!;
      if (matching.input[output]! >= 0) continue;
      const input = this.firstFreeInput(output);
      if (input >= 0) this.keepFirst(input, output);
    }
  }

  private firstFreeInput(output: number): number {
    const { requests, matching } = this;
    let best = -1;
    let bestDistance = requests.inputs;
    for (let entry = 0; entry < requests.columnCount[output]!; entry++) {
      const input = requests.columns[output * requests.inputs + entry]!;
      if (matching.output[input]! >= 0) continue;
      const distance = (input - this.grantPointer[output]! + requests.inputs) % requests.inputs;
      if (distance < bestDistance) {
        bestDistance = distance;
        best = input;
      }
    }
    return best;
  }

  private keepFirst(input: number, output: number): void {
    const { outputs } = this.requests;
    const pointer = this.acceptPointer[input]!;
    const other = this.offer[input]!;
    if (other < 0 || (output - pointer + outputs) % outputs < (other - pointer + outputs) % outputs) this.offer[input] = output;
  }

  private accept(movePointers: boolean): boolean {
    const { requests } = this;
    let any = false;
    for (let index = 0; index < requests.askingInputCount; index++) {
      const input = requests.askingInputs[index]!;
      const output = this.offer[input]!;
      if (output < 0) continue;
      this.offer[input] = -1;
      this.matching.set(input, output);
      any = true;
      if (!movePointers) continue;
      this.grantPointer[output] = (input + 1) % requests.inputs;
      this.acceptPointer[input] = (output + 1) % requests.outputs;
    }
    return any;
  }
}

export const islip: AllocatorKind = {
  name: 'islip',
  summary: 'iSLIP: round-robin grant and accept, pointers move on first-iteration matches',
  create: (inputs, outputs, iterations) => new Islip(inputs, outputs, iterations),
};
