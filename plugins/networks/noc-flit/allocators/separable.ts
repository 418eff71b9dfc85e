import type { StateExchange } from 'tessera-sim';
import type { Allocator, AllocatorKind } from '../contract.js';
import { Matching, RequestTable } from './request-table.js';

/**
 * Round-robin arbiters that honour priorities: the highest priority wins, among equals the first after the last winner.
 * `last` starts at -1, so that index 0 goes first.
 */
function arbitrate(count: number, size: number, last: number, candidate: (index: number) => number, priorityOf: (candidate: number) => number): number {
  let best = -1;
  let bestPriority = 0;
  let bestDistance = 0;
  for (let index = 0; index < count; index++) {
    const member = candidate(index);
    const priority = priorityOf(member);
    const distance = (member - last - 1 + size) % size;
    if (best < 0 || priority > bestPriority || (priority === bestPriority && distance < bestDistance)) {
      best = member;
      bestPriority = priority;
      bestDistance = distance;
    }
  }
  return best;
}

/** Two rows of arbiters; the pointers of both move only on a match (Becker & Dally, SC 2009). */
abstract class Separable implements Allocator {
  protected readonly requests: RequestTable;
  protected readonly matching: Matching;
  protected readonly lastOutput: Int32Array;
  protected readonly lastInput: Int32Array;
  /** Survivors of the first row. */
  protected readonly survivors: RequestTable;

  constructor(inputs: number, outputs: number) {
    this.requests = new RequestTable(inputs, outputs);
    this.survivors = new RequestTable(inputs, outputs);
    this.matching = new Matching(inputs, outputs);
    this.lastOutput = new Int32Array(inputs).fill(-1);
    this.lastInput = new Int32Array(outputs).fill(-1);
  }

  abstract allocate(): void;

  addRequest(input: number, output: number, inputPriority: number, outputPriority: number): void {
    this.requests.add(input, output, inputPriority, outputPriority);
  }

  outputOf(input: number): number {
    return this.matching.output[input]!;
  }

  inputOf(output: number): number {
    return this.matching.input[output]!;
  }

  state(s: StateExchange): void {
    s.numbers(this.lastOutput);
    s.numbers(this.lastInput);
  }

  /** The output that an input's arbiter picks among the table's requests. */
  protected pickOutput(table: RequestTable, input: number): number {
    const { outputs } = table;
    const from = input * outputs;
    return arbitrate(
      table.rowCount[input]!,
      outputs,
      this.lastOutput[input]!,
      (index) => table.rows[from + index]!,
      (output) => table.inputPriority[from + output]!,
    );
  }

  /** `byInputPriority`: the second row of the input-first allocator sees the priority that won the first. */
  protected pickInput(table: RequestTable, output: number, byInputPriority: boolean): number {
    const { inputs, outputs } = table;
    const priority = byInputPriority ? table.inputPriority : table.outputPriority;
    const from = output * inputs;
    return arbitrate(
      table.columnCount[output]!,
      inputs,
      this.lastInput[output]!,
      (index) => table.columns[from + index]!,
      (input) => priority[input * outputs + output]!,
    );
  }

  protected match(input: number, output: number): void {
    this.matching.set(input, output);
    this.lastOutput[input] = output;
    this.lastInput[output] = input;
  }

  protected survive(input: number, output: number): void {
    const at = input * this.requests.outputs + output;
    this.survivors.add(input, output, this.requests.inputPriority[at]!, this.requests.outputPriority[at]!);
  }

  protected finish(): void {
    this.survivors.clear();
    this.requests.clear();
  }
}

class InputFirst extends Separable {
  allocate(): void {
    const { requests, survivors } = this;
    this.matching.clear();
    for (let index = 0; index < requests.askingInputCount; index++) {
      const input = requests.askingInputs[index]!;
      this.survive(input, this.pickOutput(requests, input));
    }
    for (let index = 0; index < survivors.askedOutputCount; index++) {
      const output = survivors.askedOutputs[index]!;
      this.match(this.pickInput(survivors, output, true), output);
    }
    this.finish();
  }
}

class OutputFirst extends Separable {
  allocate(): void {
    const { requests, survivors } = this;
    this.matching.clear();
    for (let index = 0; index < requests.askedOutputCount; index++) {
      const output = requests.askedOutputs[index]!;
      this.survive(this.pickInput(requests, output, false), output);
    }
    for (let index = 0; index < survivors.askingInputCount; index++) {
      const input = survivors.askingInputs[index]!;
      this.match(input, this.pickOutput(survivors, input));
    }
    this.finish();
  }
}

export const separableInputFirst: AllocatorKind = {
  name: 'separable_input_first',
  summary: 'each input picks an output, then each output picks an input; round robin, honours priorities',
  create: (inputs, outputs) => new InputFirst(inputs, outputs),
};

export const separableOutputFirst: AllocatorKind = {
  name: 'separable_output_first',
  summary: 'each output picks an input, then each input picks an output; round robin, honours priorities',
  create: (inputs, outputs) => new OutputFirst(inputs, outputs),
};
