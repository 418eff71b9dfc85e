import type { Access, Operation, Plan, Write } from '../schedule-text.js';
import { add } from './arithmetic.js';
import { hullOf, indicesOf, rangeOf, sizesOf } from './boxes.js';
import { applyCollective } from './collectives.js';
import { computeTile, layerMath, type LayerMath } from './layer-math.js';
import { Malformed } from './malformed.js';
import { Memory, type Strictness } from './memory.js';
import type { Place } from './place.js';

/** What a walk through a schedule in program order sees. */
export interface Walk {
  readonly memory: Memory;
  /** What no machine can carry out: boxes outside of their tensors, unequal transfers, places that do not exist. */
  readonly malformed: readonly string[];
  /** What each access of the plan means, by the access itself. */
  readonly regions: ReadonlyMap<Access, Region>;
}

/** Elements that an access names, in row-major order, and the place that holds them. */
export interface Region {
  readonly place: Place;
  readonly tensor: string;
  readonly elements: readonly number[];
  readonly operand: string | undefined;
}

export function walk(plan: Plan, strictness: Strictness): Walk {
  const memory = new Memory(plan, strictness);
  const malformed: string[] = [];
  const walker = new Walker(plan, memory);
  const seen = new Set<number>();
  plan.operations.forEach((operation, position) => {
    try {
      walker.take(operation, position);
      for (const other of operation.after ?? []) if (!seen.has(other)) throw new Malformed(`waits for what does not come before it`);
      if (operation.rawAfter !== undefined) throw new Malformed('waits for an operation that does not exist');
    } catch (error) {
      if (!(error instanceof Malformed)) throw error;
      malformed.push(`operation ${position} (${operation.kind}): ${error.message}`);
    }
    seen.add(operation.uid);
  });
  return { memory, malformed, regions: walker.regions };
}

class Walker {
  readonly regions = new Map<Access, Region>();
  private readonly maths = new Map<string, LayerMath>();

  constructor(
    private readonly plan: Plan,
    private readonly memory: Memory,
  ) {}

  take(operation: Operation, id: number): void {
    if (operation.kind === 'transfer') this.transfer(operation, id);
    else if (operation.kind === 'collective') applyCollective(operation, id, this.plan, this.memory);
    else if (operation.kind !== 'sync') this.compute(operation, id);
    for (const release of operation.releases ?? []) this.release(release, id);
  }

  private release(access: Access, id: number): void {
    const place = this.placeOf(access);
    if (place.isHome) throw new Malformed('a release names no buffer');
    const names = access.tensor === undefined ? [...place.contents.keys()] : [access.tensor];
    for (const name of names) this.memory.release(place, name, this.elementsOf(place, { ...access, tensor: name }), id);
  }

  private transfer(operation: Operation, id: number): void {
    const sources = (operation.reads ?? []).map((access) => this.region(access));
    const read = sources.map((source) => source.elements.map((element) => this.memory.read(source.place, source.tensor, element, id)));
    const data = operation.reduce === 'add' ? [summed(read)] : read;
    const labels = operation.reduce === 'add' ? sources.slice(0, 1) : sources;
    const values = data.flat();
    const byLabel = new Map<string, Map<number, number>>();
    let at = 0;
    for (const { tensor, elements } of labels) {
      let own = byLabel.get(tensor);
      if (own === undefined) byLabel.set(tensor, (own = new Map()));
      for (const element of elements) own.set(element, values[at++]!);
    }
    for (const write of operation.writes ?? []) {
      const target = this.target(write, operation, sources);
      if (target.elements.length !== values.length) throw new Malformed(`writes ${target.elements.length} elements of ${values.length}`);
      const labelled = byLabel.get(target.tensor);
      const own = target.elements.map((element) => labelled?.get(element));
      const isSame = own.every((value) => value !== undefined);
      this.memory.write(target.place, target.tensor, target.elements, isSame ? (own as number[]) : values, write.mode ?? 'replace', id);
    }
  }

  private compute(operation: Operation, id: number): void {
    const sources = (operation.reads ?? []).map((access) => this.region(access));
    if (operation.layer === undefined || this.plan.layers[operation.layer] === undefined) this.opaque(operation, sources, id);
    else this.tile(operation, operation.layer, sources, id);
  }

  /** A computation of no layer adds what it reads; what it also accumulates onto counts once. */
  private opaque(operation: Operation, sources: readonly Region[], id: number): void {
    for (const write of operation.writes ?? []) {
      const target = this.target(write, operation, sources);
      const isAccumulator = (source: Region): boolean => write.mode === 'accumulate' && source.place === target.place && source.tensor === target.tensor;
      const counted = sources.filter((source) => !isAccumulator(source));
      const values = target.elements.map((element, i) => {
        let sum = 0;
        for (const source of counted) {
          const isSame = source.tensor === target.tensor && source.elements.includes(element);
          const from = isSame ? element : source.elements[i];
          sum = add(sum, from === undefined ? this.memory.garbage() : this.memory.read(source.place, source.tensor, from, id));
        }
        return sum;
      });
      this.memory.write(target.place, target.tensor, target.elements, values, write.mode ?? 'replace', id);
    }
  }

  private tile(operation: Operation, layer: string, sources: readonly Region[], id: number): void {
    const math = this.mathOf(layer, operation.operator ?? '');
    const low = math.loops.map((loop) => operation.at?.[loop] ?? 0);
    const high = math.loops.map((loop, l) => low[l]! + (operation.loops?.[loop] ?? 1));
    if (low.some((from, l) => from < 0 || high[l]! > math.sizes[l]!)) throw new Malformed('the tile leaves its layer');
    const boxes = new Map(sources.map((source) => [source.operand, { ...source, held: new Set(source.elements) }]));
    const known = new Map<string, Map<number, number>>();
    const sums = computeTile(math, low, high, ({ name, tensor }, element) => {
      let values = known.get(name);
      if (values === undefined) known.set(name, (values = new Map()));
      let value = values.get(element);
      if (value !== undefined) return value;
      const source = boxes.get(name);
      const isNamed = source !== undefined && source.tensor === tensor && source.held.has(element);
      value = isNamed ? this.memory.read(source.place, tensor, element, id) : this.memory.garbage();
      values.set(element, value);
      return value;
    });
    // The machine fetches the boxes whole, whatever the tile makes of them.
    if (this.memory.strictness === 'possible')
      for (const { place, tensor, elements } of sources) for (const element of elements) this.memory.read(place, tensor, element, id);
    for (const write of operation.writes ?? []) this.writeTile(write, operation, sources, math, sums, id);
  }

  /** Sums outside of the box are lost. What of the box the tile does not compute is left as it is, or garbage where nothing was. */
  private writeTile(write: Write, operation: Operation, sources: readonly Region[], math: LayerMath, sums: Map<number, number>, id: number): void {
    const target = this.target(write, operation, sources);
    const isOwn = target.tensor === math.output.tensor;
    const mode = write.mode ?? 'replace';
    const elements = mode === 'accumulate' && isOwn ? target.elements.filter((element) => sums.has(element)) : target.elements;
    const values = elements.map((element) => (isOwn ? sums.get(element) : undefined) ?? this.memory.garbage());
    this.memory.write(target.place, target.tensor, elements, values, mode, id);
  }

  private mathOf(layer: string, operator: string): LayerMath {
    const key = `${layer}/${operator}`;
    let found = this.maths.get(key);
    if (found === undefined) this.maths.set(key, (found = layerMath(layer, this.plan, operator)));
    return found;
  }

  private region(access: Access): Region {
    const place = this.placeOf(access);
    const tensor = access.tensor ?? onlyTensorIn(place);
    const region = { place, tensor, elements: this.elementsOf(place, { ...access, tensor }), operand: access.operand };
    this.regions.set(access, region);
    return region;
  }

  private target(write: Write, { reads = [] }: Operation, sources: readonly Region[]): Region {
    const tensor = write.tensor ?? sources[0]?.tensor;
    if (tensor === undefined || this.plan.tensors[tensor] === undefined) throw new Malformed('a write names no tensor');
    const sameTensor = write.tensor === undefined || write.tensor === reads[0]?.tensor;
    const box = write.box ?? (sameTensor ? reads[0]?.box : undefined);
    const place = this.placeOf({ ...write, tensor });
    const region = { place, tensor, elements: this.boxElements(tensor, box), operand: write.operand };
    this.regions.set(write, region);
    return region;
  }

  private placeOf({ buffer, tensor }: Access): Place {
    const place = buffer === undefined ? this.memory.homes.get(tensor ?? '') : this.memory.buffers.get(buffer);
    if (place === undefined) throw new Malformed(buffer === undefined ? `tensor '${tensor}' has no home` : `there is no buffer '${buffer}'`);
    return place;
  }

  /** Without a box: all of a home, and what a buffer holds, as a box. */
  private elementsOf(place: Place, { tensor, box }: Access): readonly number[] {
    const name = tensor!;
    if (box !== undefined || place.isHome) return this.boxElements(name, box);
    const contents = place.contents.get(name);
    const held: number[] = [];
    contents?.present.forEach((there, element) => {
      if (there === 1) held.push(element);
    });
    const sizes = sizesOf(this.plan.tensors[name]!);
    const hull = hullOf(sizes, held);
    return hull === undefined ? this.boxElements(name, undefined) : indicesOf(sizes, hull);
  }

  private boxElements(name: string, box: Access['box']): readonly number[] {
    const tensor = this.plan.tensors[name];
    if (tensor === undefined) throw new Malformed(`there is no tensor '${name}'`);
    const range = rangeOf(tensor, box);
    if (range === undefined) throw new Malformed(`a box leaves tensor '${name}'`);
    return indicesOf(sizesOf(tensor), range);
  }
}

function onlyTensorIn(place: Place): string {
  const held = [...place.contents.values()].filter(({ count }) => count > 0);
  if (held.length !== 1) throw new Malformed(`buffer '${place.name}' holds ${held.length} tensors`);
  return held[0]!.tensor;
}

function summed(read: readonly (readonly number[])[]): number[] {
  const [first = []] = read;
  if (read.length < 2 || read.some(({ length }) => length !== first.length)) throw new Malformed('a reduction of regions that differ in size');
  return first.map((_, i) => read.reduce((sum, values) => add(sum, values[i]!), 0));
}
