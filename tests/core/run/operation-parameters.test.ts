import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { agreeTo } from '../../../core/plugin/consent/agree-to.js';
import { PluginRegistry } from '../../../core/plugin/registry.js';
import { verdictOf } from '../../../core/result/verdict.js';
import { runScenario } from '../../../core/run/run.js';
import { loadScenario } from '../../../core/scenario/load.js';
import { builtinPlugins } from '../../../plugins/index.js';
import { temporaryFolder } from '../../temporary-folder.js';

const PLUGIN = `
import { definePlugin } from 'tessera-sim';
class Unit {
  constructor({ kernel, clock, path }) { this.kernel = kernel; this.clock = clock; this.handler = kernel.register(path, this); this.unit = this; }
  attach(sink) { this.sink = sink; }
  canAccept() { return this.running === undefined; }
  start(operation) { if (operation === undefined) return; this.running = operation; this.kernel.schedule(this.handler, this.clock.after(this.kernel.now, operation.form.with?.cycles ?? 1), 1, 0, 0); }
  onEvent() { const operation = this.running; this.running = undefined; this.sink.finished(operation); }
}
export default definePlugin({
  kind: 'core', name: 'timed-core', version: '1.0.0', summary: 'Takes as many cycles as it is told', configSchema: { type: 'object', additionalProperties: false, properties: {} },
  ports: {}, statistics: {},
  operationSchemas: { compute: { type: 'object', additionalProperties: false, properties: { cycles: { type: 'integer', minimum: 1, description: 'Cycles of the tile' } } } },
  describe: () => ({ kind: 'core', peakMacsPerCycle: 1, rows: 1, columns: 1, dataflow: 'simd', operators: ['*'], tileCycles: () => 1 }),
  create: (context) => new Unit(context),
});`;

/** One computation with these parameters on a core that says what it takes, or on one of the built-in ones. */
async function run(parameters: string, queue = 'pe') {
  const folder = temporaryFolder('parameters');
  writeFileSync(path.join(folder, 'core.mjs'), PLUGIN);
  writeFileSync(
    path.join(folder, 's.yaml'),
    `tessera: 1
name: s
plugins: [./core.mjs]
machine:
  tesseraMachine: 1
  name: m
  clocks: { core: 1 GHz }
  blocks: { pe: { use: timed-core }, array: { use: systolic } }
  connect: []
schedule: s.schedule.yaml
`,
  );
  writeFileSync(
    path.join(folder, 's.schedule.yaml'),
    `tesseraSchedule: 1\nname: s\ntensors: {}\nbuffers: {}\noperations:\n  - { kind: compute, queue: ${queue}, operator: gemm, with: ${parameters} }\n`,
  );
  const { scenario, registry } = await loadScenario(path.join(folder, 's.yaml'), new PluginRegistry(builtinPlugins), { plugins: agreeTo(['all']) });
  return runScenario(scenario, registry);
}

describe('what an operation says under `with`', () => {
  it('reaches the block that declares it', async () => {
    const result = await run('{ cycles: 25 }');
    expect(verdictOf(result)).toBe('as-expected');
    expect(result.kind === 'schedule' && result.simulation.cycles).toBe(25);
  });

  it('is checked against the schema of the block', async () => {
    await expect(run('{ cycles: 0 }')).rejects.toThrow(/operation 0\.with\.cycles/);
    await expect(run('{ cycels: 3 }')).rejects.toThrow(/cycles/);
  });

  it('is refused by a block that declares nothing', async () => {
    await expect(run('{ dataflow: output-stationary }', 'array')).rejects.toThrow(/array \(systolic\) takes no parameters for a compute operation/);
  });
});
