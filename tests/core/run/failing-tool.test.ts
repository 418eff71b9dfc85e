import { describe, expect, it } from 'vitest';
import { InputError, PluginError } from '../../../core/errors.js';
import { PluginRegistry } from '../../../core/plugin/registry.js';
import { callTool } from '../../../core/run/call-tool.js';
import { exportAll, exporterNamed } from '../../../core/run/export-results.js';
import { namingFailures } from '../../../core/run/naming-failures.js';
import { definePlugin, type MapperPlugin, type Plugin, type Schedule, type ScheduleOperation } from '../../../core/index.js';

const boom = definePlugin({
  kind: 'mapper',
  name: 'boom',
  version: '1.0.0',
  summary: 'Fails on purpose',
  configSchema: { type: 'object' },
  map: () => {
    throw new Error('no idea');
  },
} satisfies MapperPlugin);

describe('a tool that throws', () => {
  const tool = { kind: 'mapper', name: 'boom', place: { file: 's.yaml', line: 3 } } as const;
  const fail = (): never => {
    throw new TypeError('no idea');
  };

  it('is named, with where it comes from, when it is a third party', async () => {
    const registry = new PluginRegistry();
    registry.add(boom, './boom.mjs');
    await expect(callTool(registry, tool, fail)).rejects.toThrow("mapper plugin 'boom' (./boom.mjs) failed: TypeError: no idea");
    await expect(callTool(registry, tool, fail)).rejects.toBeInstanceOf(InputError);
  });

  it('is a bug when it is our own, and what is bad input stays that', async () => {
    await expect(callTool(new PluginRegistry([boom]), tool, fail)).rejects.toMatchObject({
      name: 'PluginError',
      message: "mapper plugin 'boom' (built-in) failed: TypeError: no idea",
      cause: expect.any(TypeError) as unknown,
    });
    const bad = new InputError({ message: 'no legal mapping' });
    await expect(
      callTool(new PluginRegistry([boom]), tool, () => {
        throw bad;
      }),
    ).rejects.toBe(bad);
  });
});

describe('an exporter', () => {
  const exporter = (make: () => unknown): Plugin =>
    definePlugin({
      kind: 'exporter',
      name: 'odd',
      version: '1.0.0',
      summary: 'Odd',
      configSchema: { type: 'object' },
      needsTrace: false,
      export: make as () => [],
    });
  const exported = async (make: () => unknown, origin?: string): Promise<unknown> => {
    const registry = new PluginRegistry();
    registry.add(exporter(make), origin);
    return exportAll([exporterNamed('odd', registry)], [], registry);
  };

  it('that throws is named', async () => {
    const fail = (): never => {
      throw new RangeError('too far');
    };
    await expect(exported(fail, './odd.mjs')).rejects.toThrow("command line: --export: exporter plugin 'odd' (./odd.mjs) failed: RangeError: too far");
    await expect(exported(fail)).rejects.toThrow(PluginError);
  });

  it('that makes no list of files is named', async () => {
    await expect(exported(() => undefined, './odd.mjs')).rejects.toThrow("exporter 'odd' made no files; expected a list of files");
  });
});

describe('operations that a mapper makes as they are walked', () => {
  const failure = (error: unknown): Error => new InputError({ message: `mapper 'late' failed: ${(error as Error).message}` });
  const operation = { kind: 'sync', queue: 'q' } as unknown as ScheduleOperation;
  const schedule = (operations: Iterable<ScheduleOperation>): Schedule => ({ operations }) as unknown as Schedule;

  it('are told with its name when it throws then', () => {
    const late = function* (): Generator<ScheduleOperation> {
      yield operation;
      throw new Error('no more');
    };
    const { operations } = namingFailures(schedule({ [Symbol.iterator]: late }), failure);
    const walk = operations[Symbol.iterator]();
    expect(walk.next().value).toBe(operation);
    expect(() => walk.next()).toThrow("mapper 'late' failed: no more");
  });

  it('are what they were otherwise, a list the very same', () => {
    const list = schedule([operation]);
    expect(namingFailures(list, failure)).toBe(list);
    expect([...namingFailures(schedule(new Set([operation])), failure).operations]).toEqual([operation]);
  });
});
