import { describe, expect, it } from 'vitest';
import { summariseSchedule } from '../../../core/mapping/demand.js';
import { PluginRegistry } from '../../../core/plugin/registry.js';
import { prepare } from '../../../core/run/prepare.js';
import { loadScenario } from '../../../core/scenario/load.js';
import { builtinPlugins } from '../../../plugins/index.js';
import { writeScenario, type Point } from '../../../tools/mappers/points.js';
import { temporaryFolder } from '../../temporary-folder.js';

/** Operations, and MiB to and from the DRAM. */
async function mapped(point: Point): Promise<{ operations: number; homeMib: number }> {
  const file = writeScenario(point, process.cwd(), temporaryFolder('point'));
  const { scenario, registry } = await loadScenario(file, new PluginRegistry(builtinPlugins), { allow: [process.cwd()] });
  const { schedule, workload } = await prepare(scenario, registry);
  const { traffic, operationCount } = summariseSchedule(schedule, workload!);
  const { bytesRead, bytesWritten } = traffic.get('dram')!;
  return { operations: operationCount, homeMib: (bytesRead + bytesWritten) / 2 ** 20 };
}

describe('models of the scenarios on the quad-core machine', () => {
  // Compulsory: the image, the result of twice the size each way, the weights (and 3.4 MiB of them in MobileNetV2).
  it.each([
    ['fsrcnn', 4.5],
    ['mobilenetv2', 4.3],
  ])('depth first moves little more of %s than it must', async (model, mostMib) => {
    expect((await mapped({ model, mapper: 'depth-first', cores: 4 })).homeMib).toBeLessThanOrEqual(mostMib);
  });

  it('makes about as many operations for 64 cores as for 16', async () => {
    const [sixteen, all] = [
      await mapped({ model: 'resnet18', mapper: 'depth-first', cores: 16 }),
      await mapped({ model: 'resnet18', mapper: 'depth-first', cores: 64 }),
    ];
    expect(all.operations).toBeLessThan(4 * sixteen.operations);
  });

  it('layer by layer reads operands of a large product few times', async () => {
    const { operations, homeMib } = await mapped({ model: 'gemm-4096', mapper: 'layer-by-layer', cores: 4 });
    expect(operations).toBeLessThan(20_000);
    expect(homeMib).toBeLessThan(512);
  });
});
