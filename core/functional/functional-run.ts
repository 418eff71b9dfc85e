import { InputError } from '../errors.js';
import type { ExecutionObserver } from '../schedule/execute/executor.js';
import type { Schedule, ScheduleOperand } from '../schedule/form/form.js';
import type { Layer, Workload } from '../workload/layer.js';
import { averageBits, type FormatRegistry, type NumberFormat } from '../workload/number-format.js';
import { compareOutputs } from './compare.js';
import { elementsOf, FinalValues, orderOf, type FinalStep, type FoldedLayer } from './final-values.js';
import type { FunctionalResult } from './functional-result.js';
import { layerFunction, type LayerFunction, type LayerParts } from './layer-function.js';
import { volumeOfSizes } from './layout.js';
import { MemoryContents } from './memory-contents.js';
import { Meanings } from './operators.js';
import { Reference, type ReferenceLayer, type ReferenceTensor } from './reference.js';
import type { Scalar } from './scalar.js';
import type { OperatorSemantics } from './semantics.js';
import { operandsOfLayers } from './standard-operands.js';
import { ValuesInFlight } from './values-in-flight.js';

/** Every element of every place is held: a tensor beyond this is not what functional mode is for. */
const MOST_ELEMENTS = 2 ** 26;

export interface FunctionalInput {
  readonly schedule: Schedule;
  /** Undefined, or without layers: the schedule's own layers are the reference. */
  readonly workload: Workload | undefined;
  readonly formats: FormatRegistry;
  /** Meanings of operators that plugins add. */
  readonly semantics?: ReadonlyMap<string, OperatorSemantics>;
}

/** A run that carries values: an observer of its executor, and what came out. */
export class FunctionalRun {
  readonly observer: ExecutionObserver;
  private readonly contents: MemoryContents;
  private readonly meanings: Meanings;
  private readonly reference: Reference;
  private readonly layers: ReadonlyMap<string, LayerFunction>;
  private readonly finals: FinalValues;
  private readonly referenceLayers: readonly ReferenceLayer[];
  private readonly notes: string[] = [];

  /** InputError for tensors that are too large to be carried. */
  constructor(private readonly input: FunctionalInput) {
    const { schedule, semantics, formats } = input;
    checkSizes(schedule);
    this.meanings = new Meanings(semantics);
    const operands = operandsOfLayers(schedule, input.workload, this.meanings);
    this.layers = new Map([...operands].map(([name, own]) => [name, this.layer(name, own)]));
    const isOfWorkload = this.describesOutputs();
    this.reference = new Reference(isOfWorkload ? this.workloadTensors() : this.scheduleTensors(), this.meanings);
    this.referenceLayers = isOfWorkload ? input.workload!.layers.map((layer) => this.ofWorkload(layer)) : this.ofSchedule(operands);
    this.finals = new FinalValues(this.finalSteps());
    this.contents = new MemoryContents(schedule, (format) => averageBits(formats.get(format)));
    this.fillHomes();
    this.observer = new ValuesInFlight({ header: schedule, contents: this.contents, layers: this.layers, finals: this.finals, meanings: this.meanings });
  }

  /**
   * Call when the run has ended.
   *
   * @param shouldStop asked between the layers of the reference; true ends it without a result
   */
  async result(shouldStop?: () => boolean): Promise<FunctionalResult | undefined> {
    for (const layer of this.referenceLayers) {
      if (shouldStop?.() === true) return undefined;
      if (layer.operands.every((operand) => this.isKnown(operand))) this.reference.compute(layer);
      await Promise.resolve();
    }
    return this.compared();
  }

  /** Whether an operand of a layer is an output, is there from the start, or has been computed. */
  private isKnown({ role, tensor }: ReferenceLayer['operands'][number]): boolean {
    const form = this.input.schedule.tensors[tensor] ?? this.input.workload?.tensors[tensor];
    return role === 'output' || form?.role === 'input' || form?.role === 'constant' || this.reference.isComputed(tensor);
  }

  private compared(): FunctionalResult {
    const { schedule } = this.input;
    const { contents, reference, finals } = this;
    const isComputed = (tensor: string): boolean => this.reference.isComputed(tensor);
    const compared = compareOutputs({ schedule, contents, reference, finals, layers: this.layers, orderOf: (tensor) => this.orderOf(tensor), isComputed });
    const fingerprints = [...new Set([...this.layers.values()].filter(({ isFingerprint }) => isFingerprint).map(({ operator }) => operator))];
    const unknown = Object.keys(schedule.layers ?? {}).filter((name) => !this.layers.has(name));
    const notes = [...this.notes, ...unknown.map((name) => `layer '${name}' states no operands, and they cannot be told from its tensors' sizes`)];
    return { ...compared, fingerprints, notes };
  }

  /** The workload counts when it knows every output of the schedule, under the same dimensions. */
  private describesOutputs(): boolean {
    const { schedule, workload } = this.input;
    if (workload === undefined || workload.layers.length === 0) return false;
    return Object.entries(schedule.tensors).every(([name, { dims }]) => {
      const known = Object.hasOwn(workload.tensors, name) ? workload.tensors[name]!.dims : undefined;
      return known !== undefined && Object.keys(dims).every((dim) => dims[dim] === known[dim]) && Object.keys(known).length === Object.keys(dims).length;
    });
  }

  private layer(name: string, operands: Readonly<Record<string, ScheduleOperand>>): LayerFunction {
    const { schedule, workload } = this.input;
    const attributes = workload?.layers.find((layer) => layer.name === name)?.attributes ?? {};
    return layerFunction(name, schedule.layers![name]!, operands, { ...this.parts(schedule.tensors), attributes });
  }

  private parts(tensors: LayerParts['tensors']): LayerParts {
    return { tensors, meanings: this.meanings, format: (name) => this.format(name), attributes: {} };
  }

  private format(name: string): NumberFormat {
    return this.input.formats.get(name);
  }

  private workloadTensors(): Record<string, ReferenceTensor> {
    return Object.fromEntries(Object.entries(this.input.workload!.tensors).map(([name, { dims, format }]) => [name, { dims, format: this.format(format) }]));
  }

  private scheduleTensors(): Record<string, ReferenceTensor> {
    return Object.fromEntries(Object.entries(this.input.schedule.tensors).map(([name, { dims, format }]) => [name, { dims, format: this.format(format) }]));
  }

  private ofWorkload(layer: Layer): ReferenceLayer {
    const { name, operator, loops, attributes = {} } = layer;
    const operands = layer.operands.map(({ partialFormat, ...operand }) => ({ ...operand, ...this.partial(partialFormat) }));
    return { name, operator, class: layer.class, loops, operands, attributes };
  }

  /** Producers before consumers, as far as they go in no circle. */
  private ofSchedule(operands: ReadonlyMap<string, Readonly<Record<string, ScheduleOperand>>>): ReferenceLayer[] {
    const { layers = {} } = this.input.schedule;
    const waiting = [...operands].map(([name, own]): ReferenceLayer => {
      const { operator, loops } = layers[name]!;
      const list = Object.entries(own).map(([operand, { partialFormat, ...form }]) => ({ ...form, name: operand, ...this.partial(partialFormat) }));
      return { name, operator, loops, operands: list, attributes: this.layers.get(name)!.attributes };
    });
    const sorted: ReferenceLayer[] = [];
    while (waiting.length > 0) {
      const ready = waiting.findIndex(
        (layer) => !layer.operands.some(({ role, tensor }) => role !== 'output' && waiting.some((other) => writes(other, tensor))),
      );
      if (ready < 0) this.notes.push(`layers ${waiting.map(({ name }) => `'${name}'`).join(', ')} read one another's results in a circle`);
      sorted.push(...waiting.splice(Math.max(0, ready), 1));
    }
    return sorted;
  }

  private partial(format: string | undefined): { partialFormat?: NumberFormat } {
    return format === undefined ? {} : { partialFormat: this.format(format) };
  }

  private fillHomes(): void {
    const { schedule } = this.input;
    for (const [name, { role }] of Object.entries(schedule.tensors)) {
      if (role !== 'input' && role !== 'constant') continue;
      const { values } = this.reference.of(name);
      const order = this.orderOf(name);
      this.contents.fill(name, order === undefined ? values : Array.from(order, (flat) => values[flat]!));
    }
  }

  /** From an element of the schedule's tensor to that of the reference; undefined when both are laid out alike. */
  private orderOf(tensor: string): Int32Array | undefined {
    const { schedule, workload } = this.input;
    if (!this.describesOutputs()) return undefined;
    return orderOf(schedule.tensors[tensor]!.dims, workload!.tensors[tensor]!.dims);
  }

  private finalSteps(): Map<string, FinalStep> {
    const steps = new Map<string, FinalStep>();
    for (const layer of this.layers.values())
      layer.outputs.forEach(({ name, tensor }, output) => {
        const own = this.describesOutputs() ? this.foldedInto(layer.name, name, tensor) : undefined;
        const format = this.format(own?.format ?? this.input.schedule.tensors[tensor]!.format);
        steps.set(tensor, { layer, output, format, folded: own?.folded ?? [], order: own === undefined ? undefined : this.orderOf(tensor) });
      });
    return steps;
  }

  /** The element-wise layers between what a layer of the workload writes and what the schedule says that it writes. */
  private foldedInto(layer: string, operand: string, tensor: string): { readonly format: string; readonly folded: FoldedLayer[] } | undefined {
    const { workload } = this.input;
    const own = workload!.layers.find(({ name }) => name === layer)?.operands.find(({ name }) => name === operand)?.tensor;
    const folded: FoldedLayer[] = [];
    let at: string | undefined = tensor;
    for (; own !== undefined && at !== undefined && at !== own;) {
      const writer: Layer | undefined = workload!.layers.find((candidate) => writes(candidate, at!));
      if (writer === undefined) return undefined;
      const step = this.foldedLayer(writer, at);
      folded.unshift(step);
      at = step.layer.inputs[step.activation]?.tensor;
    }
    return own === undefined ? undefined : { format: workload!.tensors[own]!.format, folded };
  }

  private foldedLayer(layer: Layer, tensor: string): FoldedLayer {
    const { tensors } = this.input.workload!;
    const operands = Object.fromEntries(layer.operands.map(({ name, ...operand }) => [name, operand]));
    const made = layerFunction(layer.name, { operator: layer.operator, loops: layer.loops }, operands, {
      ...this.parts(tensors),
      attributes: layer.attributes ?? {},
    });
    const activation = layer.operands.filter(({ role }) => role !== 'output').findIndex(({ role }) => role === 'activation');
    const parameters = new Map<number, readonly Scalar[]>();
    made.inputs.forEach((input, index) => {
      if (index !== activation) parameters.set(index, this.reference.of(input.tensor).values);
    });
    return {
      layer: made,
      activation,
      format: this.format(tensors[tensor]!.format),
      parameters,
      ...elementsOf(made, activation, volumeOfSizes(tensors[tensor]!.dims)),
    };
  }
}

function writes({ operands }: { readonly operands: readonly { readonly role: string; readonly tensor: string }[] }, tensor: string): boolean {
  return operands.some((operand) => operand.role === 'output' && operand.tensor === tensor);
}

function checkSizes({ tensors }: Schedule): void {
  for (const [name, { dims }] of Object.entries(tensors)) {
    if (volumeOfSizes(dims) <= MOST_ELEMENTS) continue;
    throw new InputError({
      path: `tensors.${name}`,
      message: `${volumeOfSizes(dims)} elements, whose values functional mode would carry`,
      expected: `at most ${MOST_ELEMENTS}; leave out 'functional'`,
    });
  }
}
