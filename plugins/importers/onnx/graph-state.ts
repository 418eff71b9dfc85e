import { InputError, nearestName, type ImportSource } from 'tessera-sim';
import type { LayerDraft } from './layer-draft.js';
import type { NodeMessage } from './messages.js';
import type { Value } from './value.js';

/** A layer under construction with the node that it came from. */
export interface NodeLayer {
  readonly node: NodeMessage;
  readonly name: string;
  readonly draft: LayerDraft;
}

/** Elements of all constants that are held (128 MiB), and steps of arithmetic on them: shapes need a few, a stranger's file could ask for any. */
const MOST_KNOWN_ELEMENTS = 1 << 24;
const MOST_FOLD_STEPS = 1 << 24;

/** Names among which the nearest to a wrong one is looked for. */
const MOST_COMPARED = 10_000;

/** What is known while the nodes are walked in order. */
export class GraphState {
  readonly values = new Map<string, Value>();
  readonly layers: NodeLayer[] = [];
  readonly notes = new Set<string>();
  /** Names of dimensions, by tensor: the first operator that has an opinion gives them. */
  private readonly dimNames = new Map<string, readonly string[]>();
  /** Tensors that a quantiser took over: the writer stores this one instead. */
  readonly renamed = new Map<string, Value>();
  /** Whole shapes that the file gives for tensors between layers: used where an operator's own cannot be worked out. */
  readonly declared = new Map<string, readonly number[]>();
  /** Element types that the file gives for tensors between layers. */
  readonly declaredTypes = new Map<string, number>();
  readonly useCounts = new Map<string, number>();
  readonly graphInputs = new Set<string>();
  readonly graphOutputs = new Set<string>();
  /** The place of the node that makes a tensor, for messages. */
  readonly origins = new Map<string, string>();
  private readonly writers = new Map<string, NodeLayer>();
  private emptyOutput: string | undefined;
  private knownElements = 0;
  private foldSteps = 0;

  constructor(
    readonly source: ImportSource,
    /** Version of the operator set, by domain (`''` is ONNX's own). */
    readonly opsets: ReadonlyMap<string, number>,
    /** A convolutional network: dimensions are named B C Y X; otherwise B G Y C. */
    readonly spatial: boolean,
  ) {}

  /**
   * Names of the tensor's dimensions.
   * @param preferred used when nobody named them before
   */
  dims(value: Value, preferred?: readonly string[]): readonly string[] {
    const known = this.dimNames.get(value.tensor);
    if (known !== undefined && known.length === value.shape.length) return known;
    const names = preferred?.length === value.shape.length && new Set(preferred).size === preferred.length ? preferred : this.usualNames(value.shape.length);
    this.dimNames.set(value.tensor, names);
    return names;
  }

  /** Whether the elements of one more constant may be held; it is given out when they may. */
  mayHold(elements: number): boolean {
    if (this.knownElements + elements > MOST_KNOWN_ELEMENTS) return false;
    this.knownElements += elements;
    return true;
  }

  /** Whether so many more steps of constant folding may be done. */
  mayFold(steps: number): boolean {
    this.foldSteps += steps;
    return this.foldSteps <= MOST_FOLD_STEPS;
  }

  add(layer: NodeLayer): void {
    this.layers.push(layer);
    for (const operand of layer.draft.operands) if (operand.output === true) this.writers.set(operand.value.tensor, layer);
  }

  /** The layer that writes a tensor. */
  writerOf(tensor: string): NodeLayer | undefined {
    return this.writers.get(tensor);
  }

  /** A remark about an output without elements; the first one explains a graph of which nothing is left. */
  noteEmpty(note: string): void {
    this.emptyOutput ??= note;
    this.notes.add(note);
  }

  get firstEmpty(): string | undefined {
    return this.emptyOutput;
  }

  /** A tensor that is neither there from the start nor written. */
  unwritten(place: string, what: string, name: string): InputError {
    const known = name.length < 4 ? [] : [...this.values.keys()].filter((other) => Math.abs(other.length - name.length) < 3);
    return this.error(
      place,
      `${what} is written by no node, and is no input or initializer`,
      'a graph input, an initializer or the output of another node',
      nearestName(name, known.slice(0, MOST_COMPARED)),
    );
  }

  private usualNames(rank: number): readonly string[] {
    const names = this.spatial
      ? [[], ['C'], ['B', 'C'], ['B', 'C', 'X'], ['B', 'C', 'Y', 'X'], ['B', 'C', 'Z', 'Y', 'X']]
      : [[], ['C'], ['Y', 'C'], ['B', 'Y', 'C'], ['B', 'G', 'Y', 'C']];
    return names[rank] ?? Array.from({ length: rank }, (_, d) => `D${d}`);
  }

  error(path: string, message: string, expected?: string, nearest?: string): InputError {
    return new InputError({
      file: this.source.fileName,
      path,
      message,
      ...(expected === undefined ? {} : { expected }),
      ...(nearest === undefined ? {} : { nearest }),
    });
  }
}
