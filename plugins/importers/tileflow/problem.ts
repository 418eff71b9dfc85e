import { MAXIMUM_DIMENSIONS, MAXIMUM_TENSORS, type TileflowOperation, type TileflowProblem, type TileflowTensor } from 'tessera-sim/tileflow';
import { isObject, namesIn, type Section } from './source.js';

export type Macros = ReadonlyMap<string, number>;

type Loose = Readonly<Record<string, unknown>>;

/** A problem of several operations, or Timeloop's form of a single one (`shape`). */
export function readProblem(section: Section, macros: Macros): TileflowProblem {
  if (!isObject(section.value)) section.fail('problem', 'the problem is no mapping', 'io, dimensions, instance and ops');
  const problem: Loose = section.value;
  const shape = problem['shape'];
  const single = isObject(shape) ? shape : undefined;
  const dimensions = namesIn((single ?? problem)['dimensions']);
  if (dimensions === undefined || dimensions.length === 0 || dimensions.length > MAXIMUM_DIMENSIONS)
    section.fail('problem', 'the problem has no list of dimensions', `1 to ${MAXIMUM_DIMENSIONS} names`);
  const sizes = sizesOf(section, problem['instance'], dimensions, macros);
  const tensors = new Map<string, TileflowTensor>();
  const ops = single === undefined ? problem['ops'] : [single];
  if (!Array.isArray(ops) || ops.length === 0) section.fail('problem', 'the problem has no operations', 'a list under ops');
  const operations = ops.map((op: unknown, index) => operationOf(section, op, single === undefined ? `problem.ops.${index}` : 'problem.shape', sizes, tensors));
  const twice = operations.find(({ name }, index) => operations.findIndex((other) => other.name === name) !== index);
  if (twice !== undefined) section.fail('problem.ops', `operation '${twice.name}' is there twice`, 'names of their own');
  const made = operations.map(({ out }) => out);
  const taken = operations.flatMap((operation) => operation.ins);
  const io = isObject(problem['io']) ? problem['io'] : {};
  return {
    sizes,
    tensors: [...tensors.values()],
    operations,
    ins: known(namesIn(io['ins']) ?? taken.filter((name) => !made.includes(name)), 'ins'),
    outs: known(namesIn(io['outs']) ?? made.filter((name) => !taken.includes(name)), 'outs'),
  };

  function known(names: readonly string[], key: string): readonly string[] {
    const missing = names.find((name) => !tensors.has(name));
    if (missing !== undefined) section.fail(`problem.io.${key}`, `no operation speaks of '${missing}'`, `one of ${[...tensors.keys()].join(', ')}`);
    return names;
  }
}

function sizesOf(section: Section, instance: unknown, dimensions: readonly string[], macros: Macros): Readonly<Record<string, number>> {
  if (!isObject(instance)) section.fail('problem', 'the problem has no instance', 'sizes of its dimensions');
  return Object.fromEntries(
    dimensions.map((name) => {
      const given = instance[name];
      const path = `problem.instance.${name}`;
      if (given === undefined) section.fail('problem.instance', `dimension ${name} has no size`, dimensions.join(', '));
      const size = typeof given === 'string' ? macros.get(given) : given;
      if (size === undefined)
        section.fail(path, `${name} is '${String(given)}', which no file gives`, "a number, or a name that 'macro:' or the setting 'macros' gives");
      if (!Number.isSafeInteger(size) || (size as number) < 1 || (size as number) > 2 ** 31)
        section.fail(path, `${name} is ${JSON.stringify(size)}`, 'iterations, a whole number of 1 or more');
      return [name, size as number];
    }),
  );
}

function operationOf(
  section: Section,
  op: unknown,
  path: string,
  sizes: Readonly<Record<string, number>>,
  tensors: Map<string, TileflowTensor>,
): TileflowOperation {
  if (!isObject(op)) section.fail(path, 'an operation is no mapping', 'name, dimensions, data-spaces, ins and out');
  const name = op['name'];
  if (typeof name !== 'string') section.fail(path, 'an operation has no name', 'a name');
  const dimensions = namesIn(op['dimensions']) ?? section.fail(path, `'${name}' has no dimensions`, 'a list of names');
  const strange = dimensions.find((dimension) => sizes[dimension] === undefined);
  if (strange !== undefined) section.fail(`${path}.dimensions`, `there is no dimension '${strange}'`, `one of ${Object.keys(sizes).join(', ')}`);
  const spaces = op['data-spaces'] ?? op['data_spaces'];
  if (!Array.isArray(spaces)) section.fail(path, `'${name}' has no data-spaces`, 'a list of tensors');
  const own = spaces.map((space: unknown, index) => tensorOf(section, space, `${path}.data-spaces.${index}`, sizes));
  for (const tensor of own) tensors.set(tensor.name, { ...tensor, readWrite: tensor.readWrite || tensors.get(tensor.name)?.readWrite === true });
  if (tensors.size > MAXIMUM_TENSORS) section.fail(path, 'there are too many tensors', `${MAXIMUM_TENSORS} at most`);
  const written = own.filter(({ readWrite }) => readWrite).map((tensor) => tensor.name);
  const [out] =
    namesIn(op['out']) ?? (written.length === 1 ? written : section.fail(path, `'${name}' has ${written.length} outputs`, 'one, with read-write: True'));
  const ins = namesIn(op['ins']) ?? own.map((tensor) => tensor.name).filter((tensor) => tensor !== out);
  const missing = [out!, ...ins].find((tensor) => !own.some((space) => space.name === tensor));
  if (missing !== undefined) section.fail(path, `'${name}' has no data-space '${missing}'`, `one of ${own.map((space) => space.name).join(', ')}`);
  return { name, dimensions, ins, out: out! };
}

function tensorOf(section: Section, space: unknown, path: string, sizes: Readonly<Record<string, number>>): TileflowTensor {
  if (!isObject(space)) section.fail(path, 'a data-space is no mapping', 'name and projection');
  const { name, projection } = space;
  if (typeof name !== 'string') section.fail(path, 'a data-space has no name', 'a name');
  if (!Array.isArray(projection)) section.fail(path, `'${name}' has no projection`, 'e.g. [[[M]], [[K]]]');
  const ranks = projection.map((rank: unknown, index) => {
    const terms = Array.isArray(rank) ? (rank as unknown[]).map((term) => (typeof term === 'string' ? [term] : term)) : [];
    return terms.map((term) => {
      const [dimension, coefficient] = Array.isArray(term) ? (term as unknown[]) : [];
      if (coefficient !== undefined)
        section.fail(`${path}.projection.${index}`, `'${name}' steps by ${String(coefficient)}`, 'sums of dimensions: coefficients are not read');
      if (typeof dimension !== 'string' || sizes[dimension] === undefined)
        section.fail(
          `${path}.projection.${index}`,
          `'${name}' is indexed by ${JSON.stringify(dimension) ?? 'nothing'}`,
          `one of ${Object.keys(sizes).join(', ')}`,
        );
      return dimension;
    });
  });
  if (ranks.length === 0 || ranks.some((rank) => rank.length === 0)) section.fail(path, `'${name}' has a rank without dimensions`, 'e.g. [[[M]], [[K]]]');
  const flag = space['read-write'] ?? space['read_write'];
  return { name, ranks, readWrite: flag === true || /^true$/i.test(String(flag ?? '')) };
}
