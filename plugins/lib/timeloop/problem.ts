import { InputError } from 'tessera-sim';

/** A term of a projection: coefficient times a dimension. */
export interface ProjectionTerm {
  /** Index into `dimensions`. */
  readonly dimension: number;
  readonly coefficient: number;
}

/** A tensor of the problem; each axis is a sum of terms. */
export interface DataSpace {
  readonly name: string;
  readonly readWrite: boolean;
  readonly axes: readonly (readonly ProjectionTerm[])[];
}

/** A Timeloop problem: a box of operation points, and what of each tensor a point touches. */
export interface Problem {
  readonly name: string;
  readonly dimensions: readonly string[];
  /** Bound of each dimension. */
  readonly sizes: readonly number[];
  readonly dataSpaces: readonly DataSpace[];
  /** Data spaces that are not dense, with the density that the file states; not part of the model. */
  readonly densities: Readonly<Record<string, unknown>>;
}

const MOST_DIMENSIONS = 64;
const MOST_DATA_SPACES = 32;
const LARGEST_BOUND = 2 ** 31;

/** The shape that is built in since version 0.1: a convolution with dimensions R, S, P, Q, C, K, N. */
const CNN_LAYER = {
  name: 'cnn-layer',
  dimensions: ['R', 'S', 'P', 'Q', 'C', 'K', 'N'],
  coefficients: [
    { name: 'Wstride', default: 1 },
    { name: 'Hstride', default: 1 },
    { name: 'Wdilation', default: 1 },
    { name: 'Hdilation', default: 1 },
  ],
  data_spaces: [
    { name: 'Weights', projection: [[['C']], [['K']], [['R']], [['S']]] },
    {
      name: 'Inputs',
      projection: [
        [['N']],
        [['C']],
        [
          ['R', 'Wdilation'],
          ['P', 'Wstride'],
        ],
        [
          ['S', 'Hdilation'],
          ['Q', 'Hstride'],
        ],
      ],
    },
    { name: 'Outputs', projection: [[['N']], [['K']], [['Q']], [['P']]], read_write: true },
  ],
};

type Table = Readonly<Record<string, unknown>>;
const isTable = (value: unknown): value is Table => typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * Reads the problem of an input file or a record: `shape` and `instance`, or the oldest form with the bounds beside the shape's name.
 * Keys may be written with `-` or `_`. Throws InputError with the path below `path`.
 */
export function readProblem(value: unknown, path = 'problem'): Problem {
  if (!isTable(value)) throw bad(path, 'the problem is no mapping', 'shape and instance');
  const shape = value['shape'];
  const named = shape === undefined || typeof shape === 'string';
  if (named && shape !== undefined && !/^cnn[-_]layer$/i.test(shape))
    throw bad(`${path}.shape`, `the shape '${shape}' is not known`, 'cnn-layer, or a shape written out');
  const instance = value['instance'] ?? value;
  if (!isTable(instance)) throw bad(`${path}.instance`, 'the instance is no mapping', 'a bound for each dimension');
  return problemOf(named ? CNN_LAYER : tableAt(shape, `${path}.shape`), instance, path);
}

function problemOf(shape: Table, instance: Table, path: string): Problem {
  const dimensions = namesOf(shape['dimensions'], `${path}.shape.dimensions`, MOST_DIMENSIONS);
  const sizes = dimensions.map((name) => boundOf(instance[name], `${path}.instance.${name}`));
  const coefficients = new Map<string, number>();
  for (const entry of listOf(shape['coefficients'] ?? [], `${path}.shape.coefficients`, MOST_DIMENSIONS)) {
    const { name, default: usual = 1 } = tableAt(entry, `${path}.shape.coefficients`);
    const stated = instance[String(name)] ?? usual;
    if (typeof stated !== 'number' || !Number.isInteger(stated) || Math.abs(stated) > 1e6)
      throw bad(`${path}.instance.${String(name)}`, 'this coefficient is no whole number', 'a whole number');
    coefficients.set(String(name), stated);
  }
  const spaces = listOf(either(shape, 'data_spaces'), `${path}.shape.data_spaces`, MOST_DATA_SPACES);
  if (spaces.length === 0) throw bad(`${path}.shape.data_spaces`, 'there are no data spaces', 'a list of tensors with their projections');
  const dataSpaces = spaces.map((entry, index) =>
    dataSpaceOf(tableAt(entry, `${path}.shape.data_spaces.${index}`), dimensions, coefficients, `${path}.shape.data_spaces.${index}`),
  );
  const densities = instance['densities'];
  return {
    name: typeof shape['name'] === 'string' && shape['name'] !== '' ? shape['name'] : 'problem',
    dimensions,
    sizes,
    dataSpaces,
    densities: isTable(densities) ? densities : {},
  };
}

function dataSpaceOf(space: Table, dimensions: readonly string[], coefficients: ReadonlyMap<string, number>, path: string): DataSpace {
  const name = space['name'];
  if (typeof name !== 'string' || name === '') throw bad(path, 'this data space has no name', 'a name');
  const axes = listOf(space['projection'], `${path}.projection`, MOST_DIMENSIONS).map((axis, index) =>
    listOf(axis, `${path}.projection.${index}`, MOST_DIMENSIONS).map((term): ProjectionTerm =>
      termOf(term, dimensions, coefficients, `${path}.projection.${index}`),
    ),
  );
  return { name, readWrite: either(space, 'read_write') === true, axes };
}

function termOf(term: unknown, dimensions: readonly string[], coefficients: ReadonlyMap<string, number>, path: string): ProjectionTerm {
  const [dimensionName, coefficientName] = Array.isArray(term) ? (term as unknown[]) : [term];
  const dimension = dimensions.indexOf(String(dimensionName));
  if (dimension < 0) throw bad(path, `there is no dimension '${String(dimensionName)}'`, dimensions.join(', '));
  if (coefficientName === undefined) return { dimension, coefficient: 1 };
  const coefficient = typeof coefficientName === 'number' ? coefficientName : coefficients.get(String(coefficientName));
  if (coefficient === undefined) throw bad(path, `there is no coefficient '${String(coefficientName)}'`, [...coefficients.keys()].join(', '));
  return { dimension, coefficient };
}

/** A key written with `_` or, before version 0.4, with `-`. */
export function either(table: Table, key: string): unknown {
  return table[key] ?? table[key.replaceAll('_', '-')];
}

/** Elements of a whole tensor. */
export function tensorSize(problem: Problem, space: DataSpace): number {
  return space.axes.reduce(
    (size, axis) => size * axis.reduce((width, { dimension, coefficient }) => width + Math.abs(coefficient) * (problem.sizes[dimension]! - 1), 1),
    1,
  );
}

function bad(path: string, message: string, expected: string): InputError {
  return new InputError({ path, message, expected });
}

function tableAt(value: unknown, path: string): Table {
  if (!isTable(value)) throw bad(path, 'this is no mapping', 'a mapping of keys to values');
  return value;
}

function listOf(value: unknown, path: string, most: number): readonly unknown[] {
  if (!Array.isArray(value)) throw bad(path, 'this is no list', 'a list');
  if (value.length > most) throw bad(path, `the list has ${value.length} entries`, `at most ${most}`);
  return value;
}

function namesOf(value: unknown, path: string, most: number): string[] {
  const names = listOf(value, path, most).map(String);
  if (new Set(names).size !== names.length || names.length === 0) throw bad(path, 'names must be there once each', 'a list of names');
  return names;
}

function boundOf(value: unknown, path: string): number {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 1 || value > LARGEST_BOUND)
    throw bad(path, 'this bound is missing or no whole number', `1 to ${LARGEST_BOUND}`);
  return value;
}
