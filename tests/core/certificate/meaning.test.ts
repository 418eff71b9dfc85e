import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { withOperandsOf } from '../../../core/certificate/beside.js';
import { replay, type Replayed } from '../../../core/certificate/replay.js';
import { PluginRegistry } from '../../../core/plugin/registry.js';
import { certify } from '../../../core/run/certify.js';
import { ScheduleChecker } from '../../../core/run/check.js';
import { preparedToCheck, type PreparedCheck } from '../../../core/run/check-scenario.js';
import { loadScenario } from '../../../core/scenario/load.js';
import type { Schedule, ScheduleOperation } from '../../../core/schedule/index.js';
import type { Workload } from '../../../core/workload/layer.js';
import type { RegionMap } from '../../../core/workload/region-map.js';
import { builtinPlugins } from '../../../plugins/index.js';

const CASES = path.join(import.meta.dirname, 'cases');

async function prepared(file: string): Promise<PreparedCheck> {
  return preparedToCheck(await loadScenario(file, new PluginRegistry(builtinPlugins)), {});
}

const sizes = { memoryBytes: { dram: 1e9, 'core0.l1': 1e6 }, formatBits: { int8: 8 } };
const replayed = (schedule: Schedule): Replayed => replay(schedule, sizes);

/** The queries of llm-decode-pim, made with the weights of the keys. */
function withWrongWeights({ operations }: Schedule): ScheduleOperation[] {
  return [...operations].map((operation) =>
    operation.layer === 'q' ? { ...operation, reads: [operation.reads![0]!, { ...operation.reads![1]!, tensor: 'wk' }] } : operation,
  );
}

describe('the code that certifies', () => {
  it('says what it could hold against nothing', async () => {
    const ok = await prepared(path.join(CASES, 'ok.yaml'));
    const loaded = await loadScenario(path.join(CASES, 'ok.yaml'), new PluginRegistry(builtinPlugins));
    expect(certify(loaded, ok, CASES).certificate.unchecked).toMatchObject({
      tensors: ['gemm'],
      places: {},
      computations: 0,
      advice: expect.stringContaining('operands'),
    });
    const stated = await prepared('scenarios/examples/llm-decode-pim.yaml');
    const file = await loadScenario('scenarios/examples/llm-decode-pim.yaml', new PluginRegistry(builtinPlugins));
    expect(certify(file, stated, '.').certificate.unchecked).toBeUndefined();
  });

  it('takes operands from the workload beside, also of a layer that is not declared', async () => {
    const { schedule } = await prepared('scenarios/examples/llm-decode-pim.yaml');
    const [names, layers] = [Object.keys(schedule.layers!), Object.entries(schedule.layers!)];
    const beside: Workload = {
      name: 'beside',
      tensors: Object.fromEntries(Object.entries(schedule.tensors).map(([name, { dims, format, role }]) => [name, { name, dims, format, role }])),
      layers: layers.map(([name, { operator, loops, operands = {} }], id) => ({
        id,
        name,
        operator,
        class: 'mac',
        loops,
        predecessors: [],
        opsPerPoint: 1,
        operands: Object.entries(operands).map(([operand, { tensor, role, map }]) => ({ name: operand, tensor, role, map: map as RegionMap, format: 'fp16' })),
      })),
      inputs: ['x'],
      outputs: ['y'],
    };
    const silent = { ...schedule, layers: Object.fromEntries(layers.map(([name, { operator, loops }]) => [name, { operator, loops }])) };
    const sizes = { memoryBytes: { dram: 1e9, 'core0.l1': 1e6 }, formatBits: { fp16: 16 } };
    expect(replay(silent, sizes).unchecked).toMatchObject({ tensors: names });
    for (const given of [silent, { ...schedule, layers: {} }]) {
      const filled = withOperandsOf(given, beside);
      expect(replay(filled, sizes)).toMatchObject({ unchecked: undefined, faults: [] });
      const operations = withWrongWeights(filled);
      expect(replay({ ...filled, operations }, sizes).faults.join()).toContain("does not read operand W of tensor 'wq'");
    }
  });

  it('finds what operations of no layer change, and operands that are left out', async () => {
    const { schedule } = await prepared(path.join(CASES, 'ok.yaml'));
    const operations = [...schedule.operations];
    const at = operations.findIndex(({ kind }) => kind === 'compute');
    const change = (buffer: string, tensor: string): ScheduleOperation => {
      const access = { buffer, tensor };
      return { kind: 'compute', queue: 'core0.pe', operator: 'relu', loops: { K: 1 }, reads: [access], writes: [access] };
    };
    const faults = (place: number, operation: ScheduleOperation): string =>
      replayed({ ...schedule, operations: operations.toSpliced(place, 0, operation) }).faults.join();
    expect(faults(at + 1, change('out0', 'O'))).toContain("is of no layer and writes 'O', which a layer makes");
    expect(faults(at, change('in0', 'X'))).toContain('that an operation of no layer has changed');
    const add: ScheduleOperation = { ...change('in0', 'X'), operator: 'add', layer: 'add', writes: [{ buffer: 'out0', tensor: 'O' }] };
    const layers = { add: { operator: 'add', loops: { K: 1 } } };
    expect(replayed({ ...schedule, layers, operations: [operations[1]!, add] }).faults.join()).toContain("too few operands for operator 'add'");
  });
});

it('llm-decode-pim multiplies with the weights that its layers state, and no others', async () => {
  const given = await prepared('scenarios/examples/llm-decode-pim.yaml');
  const checker = new ScheduleChecker(given);
  expect(checker.check(given.schedule)).toMatchObject({ violations: [], unchecked: [] });
  expect(checker.check({ ...given.schedule, operations: withWrongWeights(given.schedule) }).violations).toMatchObject([
    { rule: 'operand-mismatch', layer: 'q' },
  ]);
});
