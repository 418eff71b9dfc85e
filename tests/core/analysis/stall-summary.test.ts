import { describe, expect, it } from 'vitest';
import { averageComputeStack, busyCycles, computeUtilisations, waitingClasses, type ComputeUnit, type StallResult } from '../../../core/index.js';
import { builtinPlugins } from '../../../plugins/index.js';
import { isBlockPlugin } from '../../../core/conformance/block-contract.js';
import { sampleResult } from '../../plugins/exporters/sample-result.js';

const base = sampleResult({ withTrace: false });
const [template] = base.blocks;

/** A run of 100 cycles on these blocks: kind of unit, and cycles of rest, work and waiting. */
function runOn(blocks: readonly (readonly [unit: ComputeUnit | undefined, rest: number, work: number, wait: number])[]): typeof base {
  const made = blocks.map(([unit, rest, work, wait], index) => {
    const stalls: StallResult[] = [
      { class: 'idle', role: 'rest', cycles: rest },
      { class: 'wait-for-nothing', role: 'work', cycles: work },
      { class: 'serving', role: 'wait', on: 'bank', cycles: wait },
    ];
    const { computes: _, ...rest_ } = template!;
    return { ...rest_, path: `b${index}`, stalls, ...(unit === undefined ? {} : { computes: unit }) };
  });
  const resources = made.map((block) => ({ resource: block.path, kind: block.kind, busyCycles: busyCycles(block) }));
  return { ...base, blocks: made, simulation: { ...base.simulation, cycles: 100, resources } };
}

describe('the roles of stall classes', () => {
  it('say what is busy and what waits, whatever the classes are called', () => {
    const [block] = runOn([[undefined, 10, 30, 60]]).blocks;
    expect(busyCycles(block!)).toBe(30);
    expect(waitingClasses(block!)).toEqual([{ name: 'serving', cycles: 60, share: 0.6 }]);
  });

  it('keep busy and waiting apart in every built-in block: no class is both, and each of waiting says on what', () => {
    for (const plugin of builtinPlugins.filter(isBlockPlugin)) {
      const classes = Object.entries(plugin.stallClasses ?? {});
      expect(classes[0]?.[1].role, plugin.name).toBe('rest');
      expect(
        classes.filter(([, { role }]) => role === 'work'),
        plugin.name,
      ).not.toEqual([]);
      expect(classes.filter(([, { role, on }]) => (role === 'wait') !== (on !== undefined))).toEqual([]);
    }
  });
});

describe('mean utilisation', () => {
  it('tells arrays apart from vector units and from memories that compute', () => {
    const result = runOn([
      ['array', 0, 90, 10],
      ['array', 20, 70, 10],
      ['vector', 95, 5, 0],
      ['pim', 0, 50, 50],
      [undefined, 0, 100, 0],
    ]);
    expect(computeUtilisations(result)).toEqual([
      { unit: 'array', blocks: 2, utilisation: 0.8 },
      { unit: 'vector', blocks: 1, utilisation: 0.05 },
      { unit: 'pim', blocks: 1, utilisation: 0.5 },
    ]);
    expect(averageComputeStack(result, 'array').map(({ cycles }) => cycles)).toEqual([10, 80, 10]);
    expect(averageComputeStack(result, 'vector').map(({ cycles }) => cycles)).toEqual([95, 5, 0]);
  });
});
