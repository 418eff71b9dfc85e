import { boundingBox, wholeBox, type Box, type Interval } from 'tessera-sim';
import { planCost, type Hardware, type MappedLayer, type MappedNetwork } from 'tessera-sim/mapping';
import { escapes } from './items.js';
import { spread } from './placements.js';
import { layerStep, StackSum, StepCycles, type LayerStep } from './stack-sum.js';

/** How a stack is spread and cut into steps. */
export interface StackOption {
  /** Cores that take part. */
  readonly cores: number;
  /** Loops along which cores divide a layer, best first. */
  readonly loops: readonly string[];
  /** Rows of the last layer in a step. */
  readonly rows: number;
}

/** What a stack promises, without having been worked out. */
export interface StackEstimate {
  /** Positions of its first and last layer. */
  readonly start: number;
  readonly end: number;
  readonly option: StackOption;
  readonly cost: number;
}

/**
 * Predicts stacks that end in one layer, longer and longer ones, without building them: two walks backwards say what each
 * layer has computed before and after one step in the middle. Room and time follow from these sizes, so that a stack of any
 * length on any number of cores costs the same few operations a layer.
 */
export class StackEstimator {
  private readonly cycles = new StepCycles();
  private readonly walks = new Map<string, ReadonlyMap<MappedLayer, LayerStep>>();

  constructor(
    private readonly network: MappedNetwork,
    private readonly hardware: Hardware,
    private readonly maxLayers: number,
  ) {}

  /** Stacks of two layers and more that end in a layer and fit, shortest first. */
  *endingIn(end: number, option: StackOption): Generator<StackEstimate> {
    const { layers } = this.network;
    const walk = this.walk(end, option.rows);
    const sum = new StackSum(this.cycles, this.network, this.hardware);
    for (let start = end; start >= 0 && end - start < this.maxLayers; start--) {
      const layer = layers[start] as MappedLayer;
      const step = walk.get(layer);
      // A layer beside the stack, or one whose results are wanted behind it.
      if (step === undefined) return;
      const stack = layers.slice(start, end + 1);
      if (start < end && layer.outputs.some(({ tensor }) => escapes(this.network, stack, tensor))) return;
      if (!sum.add(layer, step, spread(this.hardware, layer, option.loops, option.cores))) return;
      if (start < end && sum.fits()) yield { start, end, option, cost: planCost(this.hardware, sum.seconds(), sum.homeBytes) };
    }
  }

  /** What every layer before the last one does in a step in the middle. */
  private walk(end: number, rows: number): ReadonlyMap<MappedLayer, LayerStep> {
    const key = `${end} ${rows}`;
    const known = this.walks.get(key);
    if (known !== undefined) return known;
    const height = this.network.layers[end]?.loops['OY'] ?? 1;
    const middle = Math.floor(Math.ceil(height / rows) / 2) * rows;
    const untils = this.neededFor(end, Math.min(height, middle + rows));
    const befores = middle === 0 ? untils : this.neededFor(end, middle);
    const firsts = middle === 0 ? untils : this.neededFor(end, rows);
    const steps = new Map<MappedLayer, LayerStep>();
    for (const [layer, until] of untils) {
      const before = befores.get(layer) ?? until;
      const first = firsts.get(layer) ?? until;
      // (A layer may be through before the middle: what it does, it does in the first step.)
      const fresh = beyond(until, before);
      steps.set(layer, layerStep(layer, { until, before, fresh: fresh ?? first, first }));
    }
    this.walks.set(key, steps);
    return steps;
  }

  /** The part of each layer that the first rows of the last one need. */
  private neededFor(end: number, rows: number): Map<MappedLayer, Box> {
    const { layers, writers } = this.network;
    const driver = layers[end] as MappedLayer;
    const whole = wholeBox(driver.loops);
    const needs = new Map<MappedLayer, Box>([[driver, 'OY' in driver.loops ? { ...whole, OY: [0, rows] } : whole]]);
    for (let index = end; index >= 0 && end - index < this.maxLayers; index--) {
      const layer = layers[index] as MappedLayer;
      const box = needs.get(layer);
      if (box === undefined) continue;
      for (const operand of layer.inputs) {
        const writer = writers.get(operand.tensor);
        const output = writer?.outputs.find(({ tensor }) => tensor === operand.tensor);
        if (writer === undefined || output === undefined || end - writer.index >= this.maxLayers) continue;
        const wanted = writer.tileFor(output, operand.region(box));
        const known = needs.get(writer);
        needs.set(writer, known === undefined ? wanted : boundingBox(known, wanted));
      }
    }
    return needs;
  }
}

/** What of a box lies beyond another that begins where it begins; undefined when nothing does. */
function beyond(box: Box, before: Box): Box | undefined {
  let fresh: Record<string, Interval> | undefined;
  for (const loop in box) {
    const reached = before[loop]![1];
    if (reached < box[loop]![1] && reached > box[loop]![0]) fresh = { ...(fresh ?? box), [loop]: [reached, box[loop]![1]] };
  }
  return fresh;
}
