import { formatOfType } from './data-types.js';
import type { GraphState } from './graph-state.js';
import { toNumber, type DimensionMessage, type GraphMessage, type TensorMessage, type ValueInfoMessage } from './messages.js';
import { MOST_DIMENSIONS } from './node-context.js';
import type { OnnxOptions } from './options.js';
import { rawBytesWanted, tensorData } from './tensor-data.js';
import { sizeOf, type Value } from './value.js';

/** Enters a graph's initializers, with their data when small and present. */
export function readInitializers(state: GraphState, graph: GraphMessage): void {
  const sparse = graph.sparseInitializer.flatMap(({ values, dims }) =>
    values
      ? [
          {
            ...values,
            name: values.name ?? '',
            dims,
            floatData: [],
            int32Data: [],
            int64Data: [],
            doubleData: [],
            uint64Data: [],
            externalData: [],
            rawData: new Uint8Array(),
            dataLocation: 0,
          },
        ]
      : [],
  );
  for (const tensor of [...graph.initializer, ...sparse]) {
    const name = tensor.name ?? '';
    const place = `initializer '${name}'`;
    if (name === '') throw state.error('initializers', 'an initializer has no name', 'a name for each');
    if (state.values.has(name)) throw state.error(place, 'there are two tensors of this name', 'unique names');
    const value = constantValue(state, tensor, place);
    state.values.set(name, value);
  }
}

function constantValue(state: GraphState, tensor: TensorMessage, place: string): Value {
  const name = tensor.name ?? '';
  const shape = tensor.dims.map(toNumber);
  const type = tensor.dataType ?? 0;
  if (shape.length > MOST_DIMENSIONS) throw state.error(place, `it has ${shape.length} dimensions`, `at most ${MOST_DIMENSIONS}`);
  if (shape.some((size) => !Number.isSafeInteger(size) || size < 0)) throw state.error(place, `its shape is [${shape.join(', ')}]`, 'sizes from 0');
  if (sizeOf(shape) > Number.MAX_SAFE_INTEGER) throw state.error(place, `its shape [${shape.join(', ')}] is too large`, 'less than 2^53 elements');
  if (formatOfType(type) === undefined)
    throw state.error(place, `element type ${type} is no number type that this reader knows`, 'a numeric ONNX element type');
  const raw = tensor.rawData?.length ?? 0;
  const wanted = rawBytesWanted(type, sizeOf(shape));
  if (raw > 0 && raw !== wanted)
    throw state.error(place, `its shape [${shape.join(', ')}] claims ${wanted} bytes, but the file holds ${raw}`, 'data as long as the shape says, or none');
  const data = tensorData(tensor, sizeOf(shape), state);
  return { name, type, shape, constant: true, format: formatOfType(type) ?? 'fp32', tensor: name, ...(data === undefined ? {} : { data }) };
}

/** Enters the inputs of the main graph; those that are initializers as well are constants already. */
export function readGraphInputs(state: GraphState, graph: GraphMessage, options: OnnxOptions): void {
  const seen = new Set<string>();
  for (const input of graph.input) {
    const name = input.name ?? '';
    if (seen.has(name)) throw state.error(`input '${name}'`, 'there are two inputs of this name', 'unique names');
    seen.add(name);
    if (state.values.has(name)) continue;
    const value = inputValue(state, input, options);
    state.values.set(name, value);
    state.graphInputs.add(name);
  }
}

function inputValue(state: GraphState, input: ValueInfoMessage, options: OnnxOptions): Value {
  const name = input.name ?? '';
  const place = `input '${name}'`;
  const tensor = input.type?.tensorType;
  if (!tensor) throw state.error(place, 'it is no tensor (a sequence, map or optional) or has no type', 'a tensor with element type and shape');
  const type = tensor.elemType ?? 0;
  if (formatOfType(type) === undefined)
    throw state.error(place, `element type ${type} is no number type that this reader knows`, 'a numeric ONNX element type');
  if (!tensor.shape) throw state.error(place, 'it has no shape', 'an input with a shape');
  if (tensor.shape.dim.length > MOST_DIMENSIONS) throw state.error(place, `it has ${tensor.shape.dim.length} dimensions`, `at most ${MOST_DIMENSIONS}`);
  const shape = tensor.shape.dim.map((dim, d) => dimension(state, dim, `${name}.${d}`, place, options));
  if (sizeOf(shape) > Number.MAX_SAFE_INTEGER) throw state.error(place, `its shape [${shape.join(', ')}] is too large`, 'less than 2^53 elements');
  return { name, type, shape, constant: false, format: formatOfType(type) ?? 'fp32', tensor: name };
}

/** One dimension's size: as given in the options, else as in the file. */
function dimension(state: GraphState, dim: DimensionMessage, key: string, place: string, options: OnnxOptions): number {
  const symbol = dim.dimParam !== undefined && dim.dimParam !== '' ? dim.dimParam : undefined;
  const given = options.dims?.[key] ?? (symbol === undefined ? undefined : options.dims?.[symbol]);
  if (given !== undefined) {
    if (Number.isSafeInteger(given) && given >= 1) return given;
    throw state.error(place, `the option dims.${symbol ?? key} is ${given}`, 'a whole number from 1');
  }
  if (symbol !== undefined)
    throw state.error(place, `dimension '${symbol}' is symbolic`, `a size for it: \`dims: { ${quoted(symbol)}: 1 }\`, or --dim ${symbol}=1`);
  if (dim.dimValue === undefined || dim.value === undefined)
    throw state.error(
      place,
      `dimension ${key.slice(key.lastIndexOf('.') + 1)} has neither size nor name`,
      `a size for it: \`dims: { "${key}": 1 }\`, or --dim ${key}=1`,
    );
  const size = toNumber(dim.dimValue);
  if (Number.isSafeInteger(size) && size >= 1) return size;
  throw state.error(place, `dimension ${key.slice(key.lastIndexOf('.') + 1)} is ${size}`, `a size from 1, or one given by \`dims: { "${key}": 1 }\``);
}

function quoted(symbol: string): string {
  return /^[A-Za-z_]\w*$/.test(symbol) ? symbol : JSON.stringify(symbol);
}

/** Enters the types, and the shapes that the file gives for tensors between layers, where they are whole under the options. */
export function readDeclaredShapes(state: GraphState, graph: GraphMessage, options: OnnxOptions): void {
  for (const info of [...graph.valueInfo, ...graph.output]) {
    const type = info.type?.tensorType?.elemType ?? 0;
    if (formatOfType(type) !== undefined) state.declaredTypes.set(info.name ?? '', type);
    const dims = info.type?.tensorType?.shape?.dim;
    const shape = dims?.map((dim) => (dim.dimParam ? (options.dims?.[dim.dimParam] ?? 0) : dim.value === 'dimValue' ? toNumber(dim.dimValue) : 0));
    if (shape !== undefined && shape.every((size) => Number.isSafeInteger(size) && size >= 1)) state.declared.set(info.name ?? '', shape);
  }
}

/** The size that the file gives; undefined for a named one, for none, and for a negative one, by which exporters mean an open size. */
function statedSize(dim: DimensionMessage): number | undefined {
  const size = dim.value === 'dimValue' ? toNumber(dim.dimValue) : -1;
  return size < 0 ? undefined : size;
}

/** Notes where the file's own shapes differ from those that were worked out; the latter count. */
export function compareShapes(state: GraphState, graph: GraphMessage): void {
  for (const info of [...graph.valueInfo, ...graph.output]) {
    const value = state.values.get(info.name ?? '');
    const dims = info.type?.tensorType?.shape?.dim;
    if (value === undefined || dims === undefined || value.constant) continue;
    const same = dims.length === value.shape.length && dims.every((dim, d) => statedSize(dim) === undefined || statedSize(dim) === value.shape[d]);
    if (!same)
      state.notes.add(
        `tensor '${value.name}': the file says [${dims.map((dim) => statedSize(dim) ?? (dim.dimParam || '?')).join(', ')}], its operator makes [${value.shape.join(', ')}]`,
      );
  }
}
