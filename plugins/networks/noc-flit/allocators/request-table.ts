/** Requests between inputs and outputs, listed per input and per output, cleared in time proportional to their number. */
export class RequestTable {
  readonly inputs: number;
  readonly outputs: number;
  /** Outputs that input i asks for: rows[i * outputs] .. + rowCount[i]. */
  readonly rows: Int32Array;
  readonly rowCount: Int32Array;
  readonly columns: Int32Array;
  readonly columnCount: Int32Array;
  readonly inputPriority: Int32Array;
  readonly outputPriority: Int32Array;
  readonly present: Uint8Array;
  /** Inputs and outputs with requests, in order of their first request. */
  readonly askingInputs: Int32Array;
  askingInputCount = 0;
  readonly askedOutputs: Int32Array;
  askedOutputCount = 0;
  count = 0;

  constructor(inputs: number, outputs: number) {
    this.inputs = inputs;
    this.outputs = outputs;
    this.rows = new Int32Array(inputs * outputs);
    this.columns = new Int32Array(inputs * outputs);
    this.rowCount = new Int32Array(inputs);
    this.columnCount = new Int32Array(outputs);
    this.inputPriority = new Int32Array(inputs * outputs);
    this.outputPriority = new Int32Array(inputs * outputs);
    this.present = new Uint8Array(inputs * outputs);
    this.askingInputs = new Int32Array(inputs);
    this.askedOutputs = new Int32Array(outputs);
  }

  add(input: number, output: number, inputPriority: number, outputPriority: number): void {
    const at = input * this.outputs + output;
    if (this.present[at] !== 0) {
      this.inputPriority[at] = Math.max(inputPriority, this.inputPriority[at]!);
      this.outputPriority[at] = Math.max(outputPriority, this.outputPriority[at]!);
      return;
    }
    this.present[at] = 1;
    this.inputPriority[at] = inputPriority;
    this.outputPriority[at] = outputPriority;
    if (this.rowCount[input] === 0) this.askingInputs[this.askingInputCount++] = input;
    if (this.columnCount[output] === 0) this.askedOutputs[this.askedOutputCount++] = output;
    this.rows[input * this.outputs + this.rowCount[input]!++] = output;
    this.columns[output * this.inputs + this.columnCount[output]!++] = input;
    this.count++;
  }

  clear(): void {
    for (let index = 0; index < this.askingInputCount; index++) {
      const input = this.askingInputs[index]!;
      for (let entry = 0; entry < this.rowCount[input]!; entry++) this.present[input * this.outputs + this.rows[input * this.outputs + entry]!] = 0;
      this.rowCount[input] = 0;
    }
    for (let index = 0; index < this.askedOutputCount; index++) this.columnCount[this.askedOutputs[index]!] = 0;
    this.askingInputCount = 0;
    this.askedOutputCount = 0;
    this.count = 0;
  }
}

/** Result of an allocation: who is matched with whom. */
export class Matching {
  readonly output: Int32Array;
  readonly input: Int32Array;

  constructor(inputs: number, outputs: number) {
    this.output = new Int32Array(inputs).fill(-1);
    this.input = new Int32Array(outputs).fill(-1);
  }

  set(input: number, output: number): void {
    this.output[input] = output;
    this.input[output] = input;
  }

  clear(): void {
    this.output.fill(-1);
    this.input.fill(-1);
  }
}
