import { describe, expect, it } from 'vitest';
import type { Schedule, ScheduleLayer, ScheduleOperation } from '../../../core/schedule/index.js';
import type { ScheduleViolation } from '../../../core/schedule/check/violations.js';
import { tagSources } from '../../../core/schedule/form/source.js';
import type { Workload } from '../../../core/workload/layer.js';
import { runFake } from './fake-machine.js';

const index = (dims: Record<string, string>) => ({
  kind: 'index' as const,
  expressions: Object.entries(dims).map(([dim, loop]) => ({ dim, terms: [{ loop, coefficient: 1 }] })),
});

/** Y = X * W with a square W, Z = Y + B. */
const tensors: Schedule['tensors'] = {
  X: { dims: { A: 8, B: 6 }, format: 'int8', role: 'input', home: 'dram' },
  W: { dims: { A: 6, B: 6 }, format: 'int8', role: 'constant', home: 'dram' },
  V: { dims: { A: 6, B: 6 }, format: 'int8', role: 'constant', home: 'dram' },
  Y: { dims: { A: 8, B: 6 }, format: 'int8', role: 'intermediate', home: 'dram' },
  B: { dims: { A: 8, B: 6 }, format: 'int8', role: 'constant', home: 'dram' },
  Z: { dims: { A: 8, B: 6 }, format: 'int8', role: 'output', home: 'dram' },
};
const buffers: Schedule['buffers'] = Object.fromEntries(['x', 'w', 'v', 'y', 'b', 'z'].map((name) => [name, { memory: 'l1', bytes: 64 }]));
const fc: ScheduleLayer = { operator: 'gemm', loops: { OX: 8, K: 6, C: 6 } };
const add: ScheduleLayer = { operator: 'add', loops: { OX: 8, K: 6 } };
const fcOperands: NonNullable<ScheduleLayer['operands']> = {
  I: { tensor: 'X', role: 'activation', map: index({ A: 'OX', B: 'C' }) },
  W: { tensor: 'W', role: 'weight', map: index({ A: 'K', B: 'C' }) },
  O: { tensor: 'Y', role: 'output', map: index({ A: 'OX', B: 'K' }) },
};
const addOperands: NonNullable<ScheduleLayer['operands']> = {
  I: { tensor: 'Y', role: 'activation', map: index({ A: 'OX', B: 'K' }) },
  I2: { tensor: 'B', role: 'weight', map: index({ A: 'OX', B: 'K' }) },
  O: { tensor: 'Z', role: 'output', map: index({ A: 'OX', B: 'K' }) },
};
const stated = { fc: { ...fc, operands: fcOperands }, add: { ...add, operands: addOperands } };
const silent = { fc, add };

function beside(change: Partial<Workload> = {}): Workload {
  const operands = (form: NonNullable<ScheduleLayer['operands']>): Workload['layers'][number]['operands'] =>
    Object.entries(form).map(([name, { tensor, role, map }]) => ({ name, tensor, role, map: map as ReturnType<typeof index>, format: 'int8' }));
  return {
    name: 'w',
    tensors: Object.fromEntries(
      Object.entries(tensors).flatMap(([name, { dims, format, role }]) => (name === 'V' ? [] : [[name, { name, dims, format, role }]])),
    ),
    layers: [
      { id: 0, name: 'fc', operator: 'gemm', class: 'mac', loops: fc.loops, operands: operands(fcOperands), predecessors: [], opsPerPoint: 2 },
      { id: 1, name: 'add', operator: 'add', class: 'vector', loops: add.loops, operands: operands(addOperands), predecessors: [0], opsPerPoint: 1 },
    ],
    inputs: ['X'],
    outputs: ['Z'],
    ...change,
  };
}

const load = (tensor: string, extra: Partial<ScheduleOperation> = {}): ScheduleOperation => ({
  kind: 'transfer',
  queue: 'dma',
  reads: [{ tensor }],
  writes: [{ buffer: tensor.toLowerCase() }],
  ...extra,
});
const product: ScheduleOperation = {
  kind: 'compute',
  queue: 'core',
  layer: 'fc',
  loops: fc.loops,
  reads: [
    { buffer: 'x', tensor: 'X', operand: 'I' },
    { buffer: 'w', tensor: 'W', operand: 'W' },
  ],
  writes: [{ buffer: 'y', tensor: 'Y', operand: 'O' }],
};
const sum: ScheduleOperation = {
  kind: 'compute',
  queue: 'core',
  layer: 'add',
  loops: add.loops,
  reads: [
    { buffer: 'y', tensor: 'Y', operand: 'I' },
    { buffer: 'b', tensor: 'B', operand: 'I2' },
  ],
  writes: [{ buffer: 'z', tensor: 'Z', operand: 'O' }],
};
const store: ScheduleOperation = { kind: 'transfer', queue: 'dma', reads: [{ buffer: 'z', tensor: 'Z' }], writes: [{ tensor: 'Z' }] };
const before = [load('X'), load('W'), load('B')];
const right = [...before, product, sum, store];
const inPlace = (tensor: string, extra: Partial<ScheduleOperation> = {}): ScheduleOperation => {
  const access = { buffer: tensor.toLowerCase(), tensor };
  return { kind: 'compute', queue: 'core', operator: 'relu', loops: { K: 48 }, reads: [access], writes: [access], ...extra };
};

interface Given {
  readonly operations: readonly ScheduleOperation[];
  readonly layers?: Schedule['layers'];
  readonly workload?: Workload;
  readonly buffers?: Schedule['buffers'];
}

function check({ operations, layers, workload, buffers: places = buffers }: Given): {
  violations: ScheduleViolation[];
  unchecked: readonly string[];
  told: string;
} {
  const schedule = { name: 'meaning', tensors, buffers: places, ...(layers === undefined ? {} : { layers }), operations };
  const { violations } = runFake(schedule, workload === undefined ? {} : { workload }).executor;
  return { violations: violations.kept, unchecked: violations.unchecked, told: violations.kept.map(({ rule, message }) => `${rule}: ${message}`).join('\n') };
}

describe('a schedule that is right', () => {
  it.each<[string, Given]>([
    ['with operands', { operations: right, layers: stated }],
    ['without', { operations: right, layers: silent }],
    ['without layers', { operations: right.map(({ layer: _, ...rest }) => rest) }],
    ['beside a workload, with operands', { operations: right, layers: stated, workload: beside() }],
    ['beside a workload, without', { operations: right, layers: silent, workload: beside() }],
    ['beside a workload, without layers', { operations: right, workload: beside() }],
  ])('is legal %s', (_, given) => {
    expect(check(given).told).toBe('');
  });
});

describe('an operation of no layer', () => {
  it.each<[string, Schedule['layers']]>([
    ['with operands', stated],
    ['without', silent],
  ])('may not change what layers %s make or read', (_, layers) => {
    const at = (place: number, operation: ScheduleOperation): string => check({ operations: right.toSpliced(place, 0, operation), layers }).told;
    expect(at(4, inPlace('Y'))).toContain("operand-mismatch: operation 4 is of no layer of the schedule and writes 'Y', which layer 'fc' makes");
    expect(at(5, inPlace('Z'))).toContain("writes 'Z', which layer 'add' makes");
    expect(at(1, inPlace('X'))).toContain(
      "operand-mismatch: operation 4 of layer 'fc' reads tensor 'X' in buffer 'x', which an operation of no layer has changed",
    );
    // It adds the tensor to itself, or does not add at all.
    expect(at(4, inPlace('Y', { operator: 'add', writes: [{ buffer: 'y', tensor: 'Y', mode: 'accumulate' }] }))).toContain("which layer 'fc' makes");
    const other = { buffer: 'v', tensor: 'Y' };
    const copy: ScheduleOperation = { kind: 'transfer', queue: 'dma', reads: [{ buffer: 'y', tensor: 'Y' }], writes: [{ buffer: 'v', tensor: 'Y' }] };
    const both = right.toSpliced(4, 0, copy, inPlace('Y', { operator: 'mul', reads: [{ buffer: 'y', tensor: 'Y' }, other] }));
    expect(check({ operations: both, layers }).told).toContain("operation 5 is of no layer of the schedule and writes 'Y'");
  });

  it('may make and change what no layer speaks of, and what layers have no more use for', () => {
    const scaled = load('V');
    expect(check({ operations: [...right, scaled, inPlace('V')], layers: stated }).told).toBe('');
    expect(check({ operations: right.toSpliced(4, 0, inPlace('X')), layers: stated }).told).toBe('');
    const without = right.map(({ layer: _, ...rest }) => rest);
    expect(check({ operations: without.toSpliced(4, 0, inPlace('Y')) }).told).toBe('');
  });
});

describe('a workload beside a schedule', () => {
  it('says what must be computed, also where the schedule declares no layers', () => {
    const noProduct = [...before, load('Y'), sum, store].filter((operation) => operation !== before[0]);
    expect(check({ operations: [], workload: beside() }).violations).toMatchObject([
      { rule: 'workload-mismatch', layer: 'fc' },
      { rule: 'workload-mismatch', layer: 'add' },
      { rule: 'output-incomplete', tensor: 'Z' },
    ]);
    expect(check({ operations: noProduct, layers: { add }, workload: beside() }).told).toContain("no operation computes layer 'fc' of the workload");
    const half = { ...product, loops: { ...fc.loops, OX: 4 }, writes: [{ ...product.writes![0]!, box: { A: [0, 4] as const } }] };
    expect(check({ operations: right.with(3, half), workload: beside() }).told).toContain("coverage: layer 'fc'");
    // The end of the chain is left out, and the schedule speaks of no tensor that it makes.
    const { Z: _, B: _b, ...rest } = tensors;
    const run = runFake({ name: 'n', tensors: rest, buffers, layers: { fc }, operations: [load('X'), load('W'), product] }, { workload: beside() });
    expect(run.executor.violations.kept.map(({ message }) => message).join()).toContain("no operation computes layer 'add' of the workload");
  });

  it('may have its last layers folded into the one before, but none that needs another result', () => {
    const layers = { fc: { ...fc, operands: { ...fcOperands, O: { ...fcOperands['O']!, tensor: 'Z' } } } };
    const operations = [before[0]!, before[1]!, { ...product, writes: [{ buffer: 'z', tensor: 'Z', operand: 'O' }] }, store];
    const [first, last] = beside().layers;
    const relu = { ...last!, name: 'relu', operator: 'relu', operands: last!.operands.filter(({ name }) => name !== 'I2') };
    expect(check({ operations, layers, workload: beside({ layers: [first!, relu] }) }).told).toBe('');
    const residual = {
      ...last!,
      operands: last!.operands.map((operand) => ({ ...operand, role: operand.role === 'weight' ? ('activation' as const) : operand.role })),
    };
    expect(check({ operations, layers, workload: beside({ layers: [first!, residual] }) }).told).toContain("no operation computes layer 'add'");
  });

  it('gives layers the maps that they do not state', () => {
    const wrong = { ...product, reads: [product.reads![0]!, { buffer: 'v', tensor: 'V', operand: 'W' }] };
    const operations = [...before, load('V'), wrong, sum, store];
    expect(check({ operations, layers: silent }).told).toBe('');
    expect(check({ operations, layers: silent, workload: beside() }).told).toContain(
      "operand-mismatch: operation 4 reads tensor 'V' as operand W of layer 'fc'",
    );
    expect(check({ operations, workload: beside() }).told).toContain("reads tensor 'V' as operand W");
    // Of the first tile of a square product nothing else says that it is turned.
    const half = (from: number): ScheduleOperation => ({
      ...product,
      at: { K: from },
      loops: { ...fc.loops, K: 3 },
      reads: [product.reads![0]!, { ...product.reads![1]!, box: { B: [from, from + 3] } }],
      writes: [{ ...product.writes![0]!, mode: 'add', box: { B: [from, from + 3] } }],
    });
    const turned = [...before, half(0), half(3), sum, store];
    expect(check({ operations: turned, layers: silent, workload: beside() }).told).toContain('reads too little as operand W');
  });

  it('has the same maps and formats, by whatever names of loops', () => {
    const map = (operands: NonNullable<ScheduleLayer['operands']>): string =>
      check({ operations: right, layers: { ...stated, fc: { ...fc, operands } }, workload: beside() }).told;
    expect(map({ ...fcOperands, W: { ...fcOperands['W']!, map: index({ A: 'C', B: 'K' }) } })).toContain(
      "workload-mismatch: operand W of layer 'fc' has a map that the workload does not give it",
    );
    const renamed = { OX: 'M', K: 'C', C: 'K' } as const;
    const operands = Object.fromEntries(
      Object.entries(fcOperands).map(([name, operand]) => {
        const { expressions } = operand.map as ReturnType<typeof index>;
        const terms = (loop: string) => [{ loop: renamed[loop as keyof typeof renamed], coefficient: 1 }];
        return [
          name,
          { ...operand, map: { kind: 'index' as const, expressions: expressions.map(({ dim, terms: [term] }) => ({ dim, terms: terms(term!.loop) })) } },
        ];
      }),
    );
    const layers = { ...stated, fc: { ...fc, loops: { M: 8, C: 6, K: 6 }, operands } };
    expect(check({ operations: right.with(3, { ...product, loops: { M: 8, C: 6, K: 6 } }), layers, workload: beside() }).told).toBe('');
    const { I2: _, ...less } = addOperands;
    const forgetful = { ...stated, add: { ...add, operands: less } };
    expect(check({ operations: right, layers: forgetful, workload: beside() }).told).toContain("layer 'add' states no operand I2");
    const wide = { ...beside().tensors, W: { ...beside().tensors['W']!, format: 'int16' } };
    for (const layers of [stated, silent])
      expect(check({ operations: right, layers, workload: beside({ tensors: wide }) }).told).toContain(
        "workload-mismatch: operand W of layer 'fc' is tensor 'W' of format int8, in the workload int16",
      );
  });
});

describe('an element-wise layer without operands', () => {
  it('reads as many as its operator has', () => {
    const told = (operation: ScheduleOperation): string => check({ operations: right.with(4, operation), layers: silent }).told;
    expect(told({ ...sum, reads: [sum.reads![0]!] })).toContain("operand-mismatch: operation 4 reads 1 of the 2 operands that operator 'add'");
    const nameless = sum.reads!.map(({ operand: _, ...access }) => access);
    expect(told({ ...sum, reads: nameless })).toBe('');
    expect(told({ ...sum, reads: [nameless[0]!] })).toContain('reads 1 of the 2 operands');
    expect(told({ ...sum, reads: [nameless[0]!, nameless[0]!] })).toBe('');
  });
});

describe('what an operation writes over what it reads', () => {
  const over = { ...buffers, y: { memory: 'l1', bytes: 64, address: 0 }, z: { memory: 'l1', bytes: 64, address: 0 } };
  const rules = (given: Given): string =>
    check(given)
      .violations.map(({ rule, operations }) => `${rule} ${operations.join()}`)
      .join();

  it('is legal exactly in place, element by element', () => {
    expect(rules({ operations: right, layers: stated, buffers: over })).toBe('');
    const same = [...before, product, { ...sum, writes: [{ buffer: 'y', tensor: 'Z', operand: 'O' }] }, { ...store, reads: [{ buffer: 'y', tensor: 'Z' }] }];
    expect(rules({ operations: same, layers: stated })).toBe('');
  });

  it('is reported where places are shifted, or factors of a product are overwritten', () => {
    const shifted = { ...over, z: { memory: 'l1', bytes: 64, address: 8 } };
    expect(rules({ operations: right, layers: stated, buffers: shifted })).toContain('overwrite-of-live-data 4');
    const factor = { ...buffers, x: { memory: 'l1', bytes: 64, address: 0 }, y: { memory: 'l1', bytes: 64, address: 0 } };
    expect(rules({ operations: right, layers: stated, buffers: factor })).toContain('overwrite-of-live-data 3');
    const own = [
      ...before,
      { ...product, writes: [{ buffer: 'x', tensor: 'Y', operand: 'O' }] },
      { ...sum, reads: [{ buffer: 'x', tensor: 'Y', operand: 'I' }, sum.reads![1]!] },
      store,
    ];
    expect(rules({ operations: own, layers: stated })).toContain('overwrite-of-live-data 3');
    const moved = inPlace('V', {
      reads: [{ buffer: 'v', tensor: 'V', box: { A: [0, 4] } }],
      writes: [{ buffer: 'v', tensor: 'V', box: { A: [2, 6] }, mode: 'add' }],
    });
    expect(rules({ operations: [...right, load('V'), moved], layers: stated })).toContain('overwrite-of-live-data 7');
  });
});

it('says where the load is written that nothing computes with', () => {
  const operations = [...right.slice(0, 3), load('V', { layer: 'fc' }), ...right.slice(3)].map((operation) => ({ ...operation }));
  tagSources(operations);
  expect(check({ operations, layers: silent }).violations).toMatchObject([{ operations: [3], source: 'operations.3' }]);
});

describe('what can be held against nothing', () => {
  it('is told, with what to add', () => {
    const { unchecked } = check({ operations: [...right, load('V'), inPlace('V')], layers: silent });
    expect(unchecked).toEqual([
      "layers 'fc', 'add': which tensors are their operands is not checked; give them 'operands', or a workload beside the schedule",
      "layer 'fc' (W): where their tiles lie in these operands is not checked; give them 'operands', or a workload beside the schedule",
      "1 computation names no layer of the schedule: what they compute is not checked; declare it under 'layers' with 'operands'",
    ]);
  });

  it('is nothing where operands are stated, or a workload states them', () => {
    expect(check({ operations: right, layers: stated }).unchecked).toEqual([]);
    expect(check({ operations: right, layers: silent, workload: beside() }).unchecked).toEqual([]);
    expect(check({ operations: right, workload: beside() }).unchecked).toEqual([]);
  });
});
