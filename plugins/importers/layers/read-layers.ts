import {
  bytesOf,
  FormatRegistry,
  InputError,
  listNames,
  nearestName,
  parseIndex,
  readDocument,
  unclipped,
  wholeBox,
  type IndexExpression,
  type ImportSource,
  type InputProblem,
  type Layer,
  type Operand,
  type Places,
  type Workload,
  type WorkloadTensor,
} from 'tessera-sim';
import type { LayerEntry, LayersDocument } from './document.js';
import { classOf, padEnds, usualOperands, type OperandPlan } from './operand-plans.js';
import { workloadSchema } from './schema.js';

/** Reads layers written in YAML (or JSON); a bare list of layers will do. Throws InputError with line and path. */
export function readLayers(source: ImportSource): Workload {
  const { value, places } = readDocument<LayersDocument>(wrapped(source.bytes), source.fileName, workloadSchema, 'workload schema');
  return new LayersReader(source.fileName, value, places).read();
}

/** A scenario that holds its layers in place passes the list alone. */
function wrapped(bytes: Uint8Array): Uint8Array {
  const text = new TextDecoder().decode(bytes);
  if (/^\s*\[/.test(text)) return new TextEncoder().encode(`{ "tesseraWorkload": 1, "layers": ${text} }`);
  return bytes;
}

class LayersReader {
  private readonly formats: FormatRegistry;
  private readonly tensors: Record<string, WorkloadTensor> = {};
  private readonly layers: Layer[] = [];
  /** Output tensor and id of each layer, by name. */
  private readonly outputs = new Map<string, { readonly tensor: string; readonly id: number }>();
  private readonly readTensors = new Set<string>();

  constructor(
    private readonly file: string,
    private readonly document: LayersDocument,
    private readonly places: Places,
  ) {
    this.formats = new FormatRegistry();
    (document.formats ?? []).forEach((format, index) => {
      try {
        this.formats.add({ description: '', ...format });
      } catch (error) {
        throw this.error(format, 'name', `formats.${index}`, (error as Error).message);
      }
    });
  }

  read(): Workload {
    for (const [name, entry] of Object.entries(this.document.tensors ?? {})) {
      this.tensors[name] = {
        name,
        dims: entry.dims,
        format: this.format(entry, 'format', entry.format ?? 'int8', `tensors.${name}.format`),
        role: entry.role ?? 'input',
      };
    }
    this.document.layers.forEach((entry, index) => this.addLayer(entry, `layers.${index}`));
    return this.finish();
  }

  private finish(): Workload {
    const unread = this.layers.flatMap((layer) =>
      layer.operands.filter((operand) => operand.role === 'output' && !this.readTensors.has(operand.tensor)).map((operand) => operand.tensor),
    );
    for (const name of unread) this.tensors[name] = { ...(this.tensors[name] as WorkloadTensor), role: 'output' };
    const { name, formats } = this.document;
    return {
      name: name ?? this.file.replace(/^.*[\\/]/, '').replace(/\.(ya?ml|json)$/i, ''),
      tensors: this.tensors,
      layers: this.layers,
      inputs: Object.values(this.tensors).flatMap((tensor) => (tensor.role === 'input' ? [tensor.name] : [])),
      outputs: unread,
      ...(formats === undefined ? {} : { formats: formats.map((format) => ({ description: '', ...format })) }),
    };
  }

  private addLayer(entry: LayerEntry, path: string): void {
    if (this.outputs.has(entry.name)) throw this.error(entry, 'name', `${path}.name`, `there are two layers '${entry.name}'`, 'unique names');
    this.checkLoops(entry, path);
    const plans = entry.operands === undefined ? usualOperands(entry) : this.writtenPlans(entry, path);
    this.checkOperandNames(entry, plans, path);
    const id = this.layers.length;
    const layerClass = classOf(entry.operator);
    const operands = plans.map((plan) => this.operand(entry, plan, layerClass === 'mac', path));
    const before = new Set<number>();
    for (const operand of operands) if (operand.role !== 'output') this.noteSource(operand.tensor, before);
    (entry.after ?? []).forEach((name, index) => before.add(this.layerNamed(entry.after, index, name, `${path}.after.${index}`)));
    this.outputs.set(entry.name, { tensor: operands.find((operand) => operand.role === 'output')!.tensor, id });
    this.layers.push({
      id,
      name: entry.name,
      operator: entry.operator,
      class: layerClass,
      loops: entry.loops,
      operands,
      predecessors: [...before].sort((a, b) => a - b),
      opsPerPoint: entry.opsPerPoint ?? (layerClass === 'mac' ? 2 : layerClass === 'vector' ? 1 : 0),
    });
  }

  private noteSource(tensor: string, before: Set<number>): void {
    this.readTensors.add(tensor);
    for (const output of this.outputs.values()) if (output.tensor === tensor) before.add(output.id);
  }

  private checkLoops(entry: LayerEntry, path: string): void {
    const points = Object.values(entry.loops).reduce((product, size) => product * size, 1);
    if (points > Number.MAX_SAFE_INTEGER) throw this.error(entry, 'loops', `${path}.loops`, 'the iteration space is too large', 'less than 2^53 points');
  }

  private writtenPlans(entry: LayerEntry, path: string): OperandPlan[] {
    const plans = Object.entries(entry.operands ?? {}).map(([name, operand]): OperandPlan => {
      const role = operand.role ?? (name.startsWith('W') || name === 'bias' ? 'weight' : name.startsWith('O') ? 'output' : 'activation');
      const expressions = Object.entries(operand.index).map(([dim, text]) =>
        this.expression(entry, operand.index, dim, text, operand.sizes?.[dim], `${path}.operands.${name}.index.${dim}`),
      );
      return { name, role, expressions, sizes: operand.sizes ?? {} };
    });
    if (!plans.some((plan) => plan.role === 'output')) throw this.error(entry, 'operands', `${path}.operands`, 'there is no output', 'an operand O');
    return plans;
  }

  private expression(entry: LayerEntry, index: object, dim: string, text: string | number, size: number | undefined, path: string): IndexExpression {
    const parsed = parseIndex(dim, text, size);
    if (typeof parsed === 'string') throw this.error(index, dim, path, parsed);
    const unknown = parsed.terms.find((term) => entry.loops[term.loop] === undefined);
    if (unknown === undefined) return parsed;
    throw this.error(
      index,
      dim,
      path,
      `the layer has no loop '${unknown.loop}'`,
      listNames(Object.keys(entry.loops)),
      nearestName(unknown.loop, Object.keys(entry.loops)),
    );
  }

  /** A misspelt operand under `from` or `precision` would be without effect. */
  private checkOperandNames(entry: LayerEntry, plans: readonly OperandPlan[], path: string): void {
    const names = plans.map((plan) => plan.name);
    for (const key of ['from', 'precision'] as const) {
      const allowed = key === 'from' ? names.filter((name) => !name.startsWith('O')) : [...names, 'partial'];
      const unknown = Object.keys(entry[key] ?? {}).find((name) => !allowed.includes(name));
      if (unknown !== undefined)
        throw this.error(
          entry[key],
          unknown,
          `${path}.${key}.${unknown}`,
          `operator '${entry.operator}' has no operand '${unknown}' here`,
          listNames(allowed),
          nearestName(unknown, allowed),
        );
    }
  }

  private operand(entry: LayerEntry, plan: OperandPlan, sums: boolean, path: string): Operand {
    const source = entry.from?.[plan.name];
    const tensor = source === undefined ? this.ownTensor(entry, plan, path) : this.sourceTensor(entry, plan, source, path);
    const partial = entry.precision?.['partial'];
    return {
      name: plan.name,
      tensor: tensor.name,
      role: plan.role,
      map: { kind: 'index', expressions: plan.expressions.map((expression, d) => ({ ...expression, dim: Object.keys(tensor.dims)[d] ?? expression.dim })) },
      format: tensor.format,
      ...(plan.role === 'output' && (sums || partial !== undefined)
        ? {
            partialFormat: this.format(
              entry.precision,
              'partial',
              partial ?? (tensor.format.includes('fp') || tensor.format.startsWith('bf') ? 'fp32' : 'int32'),
              `${path}.precision.partial`,
            ),
          }
        : {}),
    };
  }

  /** A tensor of the layer's own: as large as its loops reach. */
  private ownTensor(entry: LayerEntry, plan: OperandPlan, path: string): WorkloadTensor {
    const name = `${entry.name}.${plan.name}`;
    const reach = unclipped(plan.expressions, wholeBox(entry.loops));
    const ends = plan.role === 'activation' ? padEnds(entry) : {};
    const dims = Object.fromEntries(
      plan.expressions.map(({ dim, terms }) => [dim, plan.sizes[dim] ?? Math.max(1, (reach[dim]?.[1] ?? 1) - (terms.length > 1 ? (ends[dim] ?? 0) : 0))]),
    );
    const format = this.format(entry.precision, plan.name, entry.precision?.[plan.name] ?? 'int8', `${path}.precision.${plan.name}`);
    const role = plan.role === 'weight' ? 'constant' : plan.role === 'output' ? 'intermediate' : 'input';
    if (Object.hasOwn(this.tensors, name)) throw this.error(entry, 'name', `${path}.name`, `there is a tensor '${name}' already`, 'another name');
    const tensor: WorkloadTensor = { name, dims, format, role };
    if (
      bytesOf(
        this.formats.get(format),
        Object.values(dims).reduce((product, size) => product * size, 1),
      ) > Number.MAX_SAFE_INTEGER
    )
      throw this.error(entry, 'loops', `${path}.loops`, `tensor '${name}' is too large`);
    return (this.tensors[name] = tensor);
  }

  private sourceTensor(entry: LayerEntry, plan: OperandPlan, source: string, path: string): WorkloadTensor {
    const at = `${path}.from.${plan.name}`;
    const name = this.outputs.get(source)?.tensor ?? source;
    const tensor = Object.hasOwn(this.tensors, name) ? this.tensors[name] : undefined;
    if (tensor === undefined) {
      const later = this.document.layers.some((layer) => layer.name === source);
      const known = [...this.outputs.keys(), ...Object.keys(this.document.tensors ?? {})];
      throw this.error(
        entry.from,
        plan.name,
        at,
        later ? `layer '${source}' comes later, or in a circle` : `there is no layer or tensor '${source}'`,
        listNames(known),
        nearestName(source, known),
      );
    }
    const given = entry.precision?.[plan.name];
    if (given !== undefined && this.format(entry.precision, plan.name, given, `${path}.precision.${plan.name}`) !== tensor.format) {
      throw this.error(
        entry.precision,
        plan.name,
        `${path}.precision.${plan.name}`,
        `'${source}' is ${tensor.format}`,
        `${tensor.format}, or no precision here`,
      );
    }
    this.checkReach(entry, plan, tensor, at);
    return tensor;
  }

  /** The loops must not reach beyond the tensor, but for padding. */
  private checkReach(entry: LayerEntry, plan: OperandPlan, tensor: WorkloadTensor, path: string): void {
    const dims = Object.entries(tensor.dims);
    if (dims.length !== plan.expressions.length)
      throw this.error(
        entry.from,
        plan.name,
        path,
        `'${tensor.name}' has ${dims.length} dimensions (${dims.map(([dim]) => dim).join(', ')})`,
        `${plan.expressions.length}: ${plan.expressions.map(({ dim }) => dim).join(', ')}`,
      );
    const reach = unclipped(plan.expressions, wholeBox(entry.loops));
    const ends = padEnds(entry);
    plan.expressions.forEach(({ dim }, d) => {
      const [tensorDim, size] = dims[d] as [string, number];
      const high = (reach[dim]?.[1] ?? 1) - (ends[dim] ?? 0);
      if (high > size)
        throw this.error(
          entry.from,
          plan.name,
          path,
          `the loops reach ${high} along ${dim}, but ${tensorDim} of '${tensor.name}' has the size ${size}`,
          'loops that fit, or padding',
        );
    });
  }

  private layerNamed(container: unknown, key: number, name: string, path: string): number {
    const found = this.outputs.get(name);
    if (found !== undefined) return found.id;
    const known = [...this.outputs.keys()];
    throw this.error(container, key, path, `there is no earlier layer '${name}'`, listNames(known), nearestName(name, known));
  }

  private format(container: unknown, key: string, given: string | number, path: string): string {
    const name = typeof given === 'number' ? `int${given}` : given;
    if (this.formats.find(name) !== undefined) return name;
    throw this.error(container, key, path, `unknown number format '${name}'`, listNames(this.formats.names()), nearestName(name, this.formats.names()));
  }

  private error(container: unknown, key: string | number, path: string, message: string, expected?: string, nearest?: string): InputError {
    const problem: InputProblem = {
      file: this.file,
      ...this.places.ofKey(container, key),
      path,
      message,
      ...(expected === undefined ? {} : { expected }),
      ...(nearest === undefined ? {} : { nearest }),
    };
    return new InputError(problem);
  }
}
