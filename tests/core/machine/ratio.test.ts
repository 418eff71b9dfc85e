import { describe, expect, it } from 'vitest';
import { buildMachine, definePlugin, type BlockPlugin, type StatisticDeclaration } from '../../../core/index.js';
import { checkPluginShape } from '../../../core/plugin/plugin-shape.js';

const STATISTICS: Readonly<Record<string, StatisticDeclaration>> = {
  sum: { unit: 'cycles', derived: true, description: 'All waits' },
  count: { unit: 'requests', description: 'Requests' },
  mean: { unit: 'cycles', ratio: ['sum', 'count'], description: 'Mean wait' },
};

/** A block without ports that counts these in `finish`. */
function counting(sum: number, count: number, statistics = STATISTICS): BlockPlugin {
  return definePlugin<Record<string, unknown>, string>({
    kind: 'memory',
    name: 'counting',
    version: '1.0.0',
    summary: 'Counts and does nothing else',
    configSchema: { type: 'object', additionalProperties: false, properties: {} },
    ports: {},
    statistics,
    describe: () => ({ kind: 'other' }),
    create: ({ statistics: own }) => ({ finish: () => void Object.assign(own, { sum, count }) }),
  }) as unknown as BlockPlugin;
}

function meanOf(plugin: BlockPlugin): number | undefined {
  const machine = buildMachine({ name: 'one', clocks: { c: 1e9 }, blocks: [{ path: 'b', plugin, clock: 'c' }], connections: [] });
  machine.run();
  machine.finish();
  return machine.built('b').statistics['mean'];
}

describe('a declared ratio', () => {
  it('is computed by the core, after the model has finished', () => {
    expect(meanOf(counting(12, 8))).toBe(1.5);
  });

  it('is 0 where nothing was counted', () => {
    expect(meanOf(counting(0, 0))).toBe(0);
    expect(meanOf(counting(3, 0))).toBe(0);
  });

  it.each([
    [['sum', 'cuont'], "with 'cuont', which is no statistic of the plugin; did you mean 'count'?"],
    [['mean', 'count'], "with 'mean', which is a ratio itself"],
    [['sum'], 'of ["sum"]'],
  ])('of %j is refused when the plugin is registered', (ratio, message) => {
    const statistics = { ...STATISTICS, other: { unit: '1', ratio, description: 'Wrong' } } as unknown as typeof STATISTICS;
    expect(() => checkPluginShape(counting(1, 1, statistics), './mine.js')).toThrow(
      `./mine.js: memory plugin 'counting': statistic 'other' is a ratio ${message}`,
    );
  });
});
