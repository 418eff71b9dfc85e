import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { InputError, type Estimate, type EstimatorPlugin, type Workload } from '../../../core/index.js';
import definesPlugin from '../../../plugins/estimators/defines/index.js';
import latencyPlugin from '../../../plugins/estimators/zigzag-latency/index.js';
import { zigzagCase, zigzagWorkload } from '../../../plugins/lib/zigzag/index.js';
import { atOnce, toolContext } from '../../tool-context.js';

type Input = Parameters<EstimatorPlugin['estimate']>[0];
const golden = (name: string): Record<string, unknown>[] =>
  (JSON.parse(readFileSync(new URL(`../../golden/${name}.json`, import.meta.url), 'utf8')) as { records: Record<string, unknown>[] }).records;
const record = golden('estimate-zigzag').find(({ id }) => id === 'zz-tpu_like-attn_qk_64-latency')!;
const { layer } = zigzagCase(record);
const workload: Workload = zigzagWorkload('w', [{ layer, operator: 'gemm' }]);
const machine = { referenceClock: { frequencyHz: 1e9 }, blocks: [] } as unknown as Input['machine'];
const schedule = { mappings: {} } as unknown as Input['schedule'];
const estimate = (plugin: unknown, config: Record<string, unknown>): Estimate =>
  atOnce((plugin as EstimatorPlugin).estimate({ workload, machine, schedule, config }, toolContext));

describe('the estimator zigzag-latency', () => {
  const layers = { [layer.name]: record };

  it("gives the tool's cycles for the tool's own mapping", () => {
    expect(estimate(latencyPlugin, { physical: false, layers })).toMatchObject({ cycles: 1153, layers: [{ layer: layer.name, macs: 262144 }] });
  });

  it('raises to what ports can move, and says so', () => {
    const { cycles, notes } = estimate(latencyPlugin, { physical: true, layers });
    expect(cycles).toBe(1536);
    expect(notes.join()).toContain('raised from 1153 to the 1536 cycles of dram rw_port_1');
  });

  it('says which layer has no mapping', () => {
    expect(() => estimate(latencyPlugin, { physical: false })).toThrow(InputError);
    expect(() => estimate(latencyPlugin, { physical: false })).toThrow(layer.name);
  });
});

describe('the estimator defines', () => {
  it('needs a point', () => {
    expect(() => estimate(definesPlugin, { physical: false })).toThrow('point');
  });

  it('gives layers that add up', () => {
    const whole = golden('estimate-defines')[0]! as { workload: { layers: unknown[] } };
    const point = { ...whole, workload: { ...whole.workload, layers: whole.workload.layers.slice(0, 2) }, tile_x: 970, tile_y: 550 };
    const { cycles, layers } = estimate(definesPlugin, { physical: false, point, factorLimit: 3 });
    expect(layers.map(({ layer: name }) => name)).toEqual(['input', '0', '1']);
    expect(layers.reduce((all, { cycles: own }) => all + own, 0)).toBe(cycles);
    expect(layers[1]!.computeCycles).toBe((56 / 28) * Math.ceil(550 / 4) * Math.ceil(970 / 4) * 25);
  });
});
