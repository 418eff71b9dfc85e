import { boxVolume, intersectBoxes, wholeBox, type Box, type Interval } from 'tessera-sim';
import {
  aligned,
  bytesOfRegion,
  engineFor,
  homeBytes,
  tileSeconds,
  type Engine,
  type Hardware,
  type MappedLayer,
  type MappedNetwork,
  type MappedOperand,
  type Worker,
} from 'tessera-sim/mapping';
import { pieceOf, type Placement } from './events.js';

/** What a layer does in one step in the middle of a stack. */
export interface LayerStep {
  /** What the step adds. */
  readonly fresh: Box;
  /** What the very first step computes, halos and all. */
  readonly first: Box;
  /** Of activations and outputs. */
  readonly operands: ReadonlyMap<MappedOperand, OperandStep>;
}

/** Where an operand stands in the middle of a stack, whoever computes it. */
interface OperandStep {
  /** All that the layer has touched by the end of the step. */
  readonly until: Box;
  /** How much further that reaches with the step, by dimension. */
  readonly advance: Readonly<Record<string, number>>;
  /** Bytes of the whole, and of what the step touches. */
  readonly wholeBytes: number;
  readonly stepBytes: number;
}

/** @param until all that has been computed by the end of the step; `before`: by its beginning (the same when there is one step only) */
export function layerStep(layer: MappedLayer, { until, before, fresh, first }: Readonly<Record<'until' | 'before' | 'fresh' | 'first', Box>>): LayerStep {
  const whole = wholeBox(layer.loops);
  const operands = new Map<MappedOperand, OperandStep>();
  for (const operand of [...layer.inputs, ...layer.outputs]) {
    if (operand.role === 'weight') continue;
    const [now, then] = [operand.region(until), operand.region(before)];
    const advance: Record<string, number> = {};
    for (const dim in now) advance[dim] = now[dim]![1] - then[dim]![1];
    const wholeBytes = bytesOfRegion(operand, operand.region(whole));
    operands.set(operand, { until: now, advance, wholeBytes, stepBytes: bytesOfRegion(operand, operand.region(fresh)) });
  }
  return { fresh, first, operands };
}

/** What one reader of a tensor wants in a step. */
interface Reader {
  readonly region: Box;
  /** Layers on the longest way to the end of the stack. */
  readonly depth: number;
}

/** Closed forms of shares of steps, by shape: stacks of many lengths share them. */
export class StepCycles {
  private readonly known = new Map<string, number>();

  seconds(layer: MappedLayer, engine: Engine, share: Box): number {
    let key = `${layer.index}`;
    for (const loop in share) key += ` ${share[loop]![1] - share[loop]![0]}`;
    let seconds = this.known.get(key);
    if (seconds === undefined) this.known.set(key, (seconds = tileSeconds(engine, layer, share)));
    return seconds;
  }
}

/** A stack that lacks this much room does not fit with one more layer either. */
const HOPELESS = 1.5;

/** Room and time of a stack that grows at its beginning, as seen by a worker in the middle. */
export class StackSum {
  private readonly readers = new Map<string, Reader[]>();
  private readonly roomOf = new Map<string, number>();
  private readonly depths = new Map<string, number>();
  private readonly busy = new Map<boolean, number>();
  /** Steps follow one another no faster than what they exchange arrives. */
  private waiting = 0;
  /** The first step goes through the layers one after the other. */
  private firstExchange = 0;
  private weightBytes = 0;
  private weightHome = 0;
  /** Bytes to and from home by tensor, short runs rounded up to bursts. */
  private readonly streamed = new Map<string, number>();
  /** Time in which every worker gets what the others make. */
  private exchanging = 0;
  private firstFill = 0;
  private capacityBytes = Infinity;

  constructor(
    private readonly cycles: StepCycles,
    private readonly network: MappedNetwork,
    private readonly hardware: Hardware,
  ) {}

  fits(): boolean {
    return this.roomBytes() <= this.capacityBytes;
  }

  private roomBytes(): number {
    let bytes = this.weightBytes;
    for (const room of this.roomOf.values()) bytes += aligned(room);
    return bytes;
  }

  /** Bytes to and from the home memory. */
  get homeBytes(): number {
    return this.weightHome + this.streamedBytes();
  }

  /** Weights first, then the busiest of arrays, vector units, home memory and exchange. */
  seconds(): number {
    const { homeBytesPerSecond } = this.hardware;
    const compute = Math.max(...this.busy.values());
    const steady = Math.max(compute, this.streamedBytes() / homeBytesPerSecond, this.exchanging, this.waiting);
    return (this.weightHome + this.firstFill) / homeBytesPerSecond + this.firstExchange + steady;
  }

  /** False when the stack cannot grow any more. */
  add(layer: MappedLayer, step: LayerStep, placement: Placement): boolean {
    const worker = placement.workers[middleOf(placement)] as Worker;
    if (worker.dma === undefined) return false;
    this.capacityBytes = Math.min(this.capacityBytes, worker.capacityBytes);
    const engine = engineFor(worker, layer) as Engine;
    const isVector = engine.facts.dataflow === 'simd';
    this.busy.set(isVector, (this.busy.get(isVector) ?? 0) + this.computeSeconds(layer, engine, step, placement));
    const depth = Math.max(0, ...layer.outputs.map(({ tensor }) => (this.depths.get(tensor) ?? -1) + 1));
    for (const output of layer.outputs) this.addOutput(layer, output, step, placement, depth);
    this.firstFill = 0;
    for (const operand of layer.inputs) {
      if (operand.role === 'weight') this.addWeights(layer, operand, placement);
      else this.addInput(layer, operand, step, placement, depth);
    }
    return this.roomBytes() <= HOPELESS * this.capacityBytes;
  }

  /** The first step with its halos, and as many steps like that in the middle as the rest takes. */
  private computeSeconds(layer: MappedLayer, engine: Engine, { first, fresh }: LayerStep, placement: Placement): number {
    const rest = boxVolume(wholeBox(layer.loops)) - boxVolume(first);
    const seconds = (box: Box): number => this.cycles.seconds(layer, engine, shareOf(layer, placement, box));
    return seconds(first) + (rest === 0 ? 0 : (seconds(fresh) * rest) / boxVolume(fresh));
  }

  private addWeights(layer: MappedLayer, operand: MappedOperand, placement: Placement): void {
    const whole = wholeBox(layer.loops);
    this.weightBytes += aligned(bytesOfRegion(operand, operand.region(shareOf(layer, placement, whole))));
    this.weightHome += bytesOfRegion(operand, operand.region(whole));
  }

  /** A tensor that the stack makes does not come from home. It stays until its last reader has it. */
  private addOutput(layer: MappedLayer, output: MappedOperand, step: LayerStep, placement: Placement, depth: number): void {
    const { until: made, advance, wholeBytes: whole } = step.operands.get(output) as OperandStep;
    const readers = this.readers.get(output.tensor);
    if (readers === undefined) {
      this.roomOf.set(output.tensor, 2 * bytesOfRegion(output, output.region(shareOf(layer, placement, step.fresh))));
      this.streamed.set(output.tensor, this.streamedFor(layer, output, step, placement));
      return;
    }
    const isSpread = placement.workers.length > 1;
    const rooms = readers.map((reader) => bytesOfRegion(output, reach(reader.region, made, advance, isSpread ? depth - reader.depth : 0)));
    this.roomOf.set(output.tensor, Math.max(...rooms, bytesOfRegion(output, output.region(shareOf(layer, placement, step.first)))));
    this.streamed.delete(output.tensor);
    if (!isSpread) return;
    const own = output.region(shareOf(layer, placement, wholeBox(layer.loops)));
    const missing = Math.max(...readers.map(({ region }) => missingPart(region, own)));
    this.addExchange(layer, step, placement, missing, whole);
  }

  private streamedBytes(): number {
    let bytes = 0;
    for (const tensor of this.streamed.values()) bytes += tensor;
    return bytes;
  }

  /** The whole, as workers move their shares of it: once each, or once for all who need the same. */
  private streamedFor(layer: MappedLayer, operand: MappedOperand, step: LayerStep, placement: Placement): number {
    const whole = operand.region(step.fresh);
    const share = operand.region(shareOf(layer, placement, step.fresh));
    const exact = bytesOfRegion(operand, share);
    const waste = exact === 0 ? 1 : homeBytes(this.network, this.hardware, operand, share) / exact;
    const { wholeBytes, stepBytes } = step.operands.get(operand) as OperandStep;
    const shared = boxVolume(share) === boxVolume(whole) ? 1 : Math.max(1, (exact * placement.workers.length) / stepBytes);
    return wholeBytes * waste * shared;
  }

  /** What a worker lacks comes from its neighbours, or (a large part) from all others. */
  private addExchange(layer: MappedLayer, step: LayerStep, { workers }: Placement, missing: number, wholeBytes: number): void {
    if (missing === 0) return;
    const { bytesPerSecond, messageSeconds, exchangeSeconds } = workers[0] as Worker;
    const isFromAll = missing > 0.5;
    const messages = (isFromAll ? workers.length - 1 : 2) * messageSeconds;
    const steps = stepsOf(layer, step);
    this.exchanging += (wholeBytes * missing) / (isFromAll ? 1 : workers.length) / bytesPerSecond + steps * messages;
    this.waiting = Math.max(this.waiting, steps * exchangeSeconds);
    this.firstExchange += exchangeSeconds + messages;
  }

  private addInput(layer: MappedLayer, operand: MappedOperand, step: LayerStep, placement: Placement, depth: number): void {
    const region = operand.region(shareOf(layer, placement, step.fresh));
    const readers = this.readers.get(operand.tensor);
    this.depths.set(operand.tensor, Math.max(depth, this.depths.get(operand.tensor) ?? 0));
    // What comes from home comes one step ahead.
    const { advance, stepBytes } = step.operands.get(operand) as OperandStep;
    const room = bytesOfRegion(operand, reach(region, region, advance, 1));
    this.roomOf.set(operand.tensor, Math.max(room, this.roomOf.get(operand.tensor) ?? 0));
    this.firstFill += stepBytes;
    if (readers === undefined) {
      this.readers.set(operand.tensor, [{ region, depth }]);
      this.streamed.set(operand.tensor, this.streamedFor(layer, operand, step, placement));
    } else readers.push({ region, depth });
  }
}

function middleOf({ workers }: Placement): number {
  return Math.floor(workers.length / 2);
}

/** The share of a box of a worker in the middle: it has neighbours on both sides. */
function shareOf(layer: MappedLayer, placement: Placement, box: Box): Box {
  return pieceOf(layer, placement, middleOf(placement), box) ?? pieceOf(layer, placement, 0, box) ?? box;
}

/** How much of what a reader wants its worker has not made itself. */
function missingPart(wanted: Box, own: Box): number {
  const common = intersectBoxes(wanted, own);
  return common === undefined ? 1 : 1 - boxVolume(common) / boxVolume(wanted);
}

/** Steps in which a layer has something to do. */
function stepsOf(layer: MappedLayer, { first, fresh }: LayerStep): number {
  return 1 + Math.ceil((boxVolume(wholeBox(layer.loops)) - boxVolume(first)) / boxVolume(fresh));
}

/** From the lowest that a reader wants to the highest that is there, `steps` steps ahead. */
function reach(region: Box, there: Box, advance: Readonly<Record<string, number>>, steps: number): Box {
  const box: Record<string, Interval> = {};
  for (const dim in region) {
    const [low, high] = region[dim]!;
    const step = advance[dim] ?? 0;
    box[dim] = step > 0 ? [low, Math.max(high, there[dim]?.[1] ?? high) + step * steps] : [low, high];
  }
  return box;
}
