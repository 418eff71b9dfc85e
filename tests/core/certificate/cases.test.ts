import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { replay } from '../../../core/certificate/replay.js';
import { PluginRegistry } from '../../../core/plugin/registry.js';
import { certify } from '../../../core/run/certify.js';
import { ScheduleChecker } from '../../../core/run/check.js';
import { checkLoaded, preparedToCheck } from '../../../core/run/check-scenario.js';
import { minimise } from '../../../core/run/minimise.js';
import { loadScenario, type LoadResult } from '../../../core/scenario/load.js';
import { builtinPlugins } from '../../../plugins/index.js';

const CASES = path.join(import.meta.dirname, 'cases');

const load = (name: string): Promise<LoadResult> => loadScenario(path.join(CASES, `${name}.yaml`), new PluginRegistry(builtinPlugins));

/** A fault planted in a small schedule: the rule that says so, its operation, and how many operations show it. */
const FAULTS: readonly [name: string, rule: string, operation: number, fewest: number][] = [
  ['accumulate-on-stale', 'wrong-accumulation', 4, 2],
  ['checked-war-with-release', 'output-incomplete', 2, 1],
  ['compute-operands-swapped', 'operand-mismatch', 2, 1],
  ['compute-reads-one-element', 'operand-mismatch', 2, 1],
  ['interlocked-war-release-big-buffer', 'output-incomplete', 2, 1],
  ['output-box-not-of-tile', 'operand-mismatch', 2, 1],
  ['output-half-stored', 'output-incomplete', 3, 1],
  ['overflow-at-memory-end', 'capacity-overflow', 2, 1],
  ['overwrite-input-home', 'relabelled-data', 1, 1],
  ['partial-read-then-overwrite', 'output-incomplete', 3, 1],
  ['relabel-transfer', 'relabelled-data', 2, 1],
  ['store-partial-sum', 'output-incomplete', 3, 2],
  ['two-gemm-wrong-weights', 'operand-mismatch', 4, 4],
];
const LEGAL = ['ok', 'alias-one-writer', 'alias-two-writers', 'int4-release-leak', 'two-gemm-ok'];

describe('a small schedule with a fault', () => {
  it.each(FAULTS)('%s: %s', async (name, rule, operation, fewest) => {
    const loaded = await load(name);
    const checked = await checkLoaded(loaded);
    expect(checked.isLegal).toBe(false);
    expect(checked.violations[0]).toMatchObject({ rule });
    expect(checked.violations.flatMap(({ operations }) => operations).concat(rule === 'output-incomplete' ? operation : [])).toContain(operation);

    const prepared = await preparedToCheck(loaded, {});
    expect(certify(loaded, prepared, CASES).faults, 'of the code that certifies').not.toEqual([]);

    const checker = new ScheduleChecker(prepared);
    const [first] = checker.check(prepared.schedule).violations;
    const small = minimise(prepared.schedule, first!, checker);
    expect(small).toMatchObject({ operations: fewest, isCutOff: false });
    expect(checker.check(small.schedule).violations.map(({ message }) => message)).toContain(first!.message);
    expect(minimise(prepared.schedule, first!, checker).schedule).toEqual(small.schedule);
  });

  it.each([
    ['after-unknown-id', 'there is no operation 3'],
    ['home-overlap', "'W' too"],
  ])('%s is bad input', async (name, message) => {
    await expect(load(name).then((loaded) => checkLoaded(loaded))).rejects.toThrow(message);
  });
});

describe('a small schedule without a fault', () => {
  it.each(LEGAL)('%s is legal, and is certified', async (name) => {
    const loaded = await load(name);
    expect(await checkLoaded(loaded)).toMatchObject({ isLegal: true, violationCount: 0 });
    expect(certify(loaded, await preparedToCheck(loaded, {}), CASES).faults).toEqual([]);
  });
});

describe('what is no schedule of the machine', () => {
  it('is refused by the code that certifies, too', async () => {
    const { schedule } = await preparedToCheck(await load('ok'), {});
    const sizes = { memoryBytes: { dram: 1e9, 'core0.l1': 1e6 }, formatBits: { int8: 8 } };
    expect(replay(schedule, sizes).faults).toEqual([]);
    expect(() => replay(schedule, sizes, { operations: 2, homeElements: 1e9, movedElements: 1e9 })).toThrow('more than 2 operations');
    expect(() => replay(schedule, sizes, { operations: 9, homeElements: 10, movedElements: 1e9 })).toThrow('more than 10 elements');
    expect(() => replay(schedule, sizes, { operations: 9, homeElements: 1e9, movedElements: 10 })).toThrow('more than 10 elements');
    expect(() => replay(schedule, { ...sizes, formatBits: {} })).toThrow("format 'int8'");
    expect(replay({ ...schedule, tensors: { ...schedule.tensors, X: { ...schedule.tensors['X']!, address: 2e9 } } }, sizes).faults[0]).toContain(
      "memory 'dram'",
    );
  });
});
