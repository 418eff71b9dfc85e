import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { definePlugin, operatorSemantics, reasonsOf, resultDocument, verdictOf } from '../../../core/index.js';
import { documentSchema } from '../../../core/document/installation.js';
import { validateInPlace } from '../../../core/document/validate.js';
import { PluginRegistry } from '../../../core/plugin/registry.js';
import { runSchedule } from '../../../core/run/run.js';
import type { RunOptions } from '../../../core/run/run-options.js';
import { effectiveConfig } from '../../../core/scenario/effective-config.js';
import { loadScenario } from '../../../core/scenario/load.js';
import { builtinPlugins } from '../../../plugins/index.js';
import table from '../../../plugins/exporters/table/index.js';
import { temporaryFolder } from '../../temporary-folder.js';

const MACHINE = path.resolve('scenarios/machines/singlecore.yaml');
const tripled = definePlugin({
  kind: 'extension',
  point: operatorSemantics,
  name: 'lrn',
  version: '1.0.0',
  summary: 'Another meaning of lrn: y = 3 x + 1',
  value: { term: (point) => point.arithmetic.add(point.arithmetic.multiply(3, point.value(0)), 1) },
});

/** A meaning that is another one each time: the reference and the tiles cannot agree. */
let count = 0;
const counting = definePlugin({
  kind: 'extension',
  point: operatorSemantics,
  name: 'groupnorm',
  version: '1.0.0',
  summary: 'Counts its calls',
  value: { term: () => count++ },
});

async function run(lines: readonly string[], options: RunOptions = {}, schedule?: string) {
  const folder = temporaryFolder('functional');
  writeFileSync(path.join(folder, 'package.json'), '{}');
  if (schedule !== undefined) writeFileSync(path.join(folder, 's.schedule.yaml'), schedule);
  const file = path.join(folder, 's.yaml');
  writeFileSync(file, ['tessera: 1', `machine: { include: ${MACHINE} }`, ...lines].join('\n'));
  const { scenario, registry } = await loadScenario(file, new PluginRegistry([...builtinPlugins, tripled, counting]), { allow: [path.dirname(MACHINE)] });
  return { scenario, result: await runSchedule(scenario, registry, options) };
}

const LAYERS =
  'workload: { layers: [{ name: a, operator: lrn, loops: { K: 4, OY: 5 } }, { name: b, operator: relu, loops: { K: 4, OY: 5 }, from: { I: a } }] }';
const MAPPED = [LAYERS, 'mapper: layer-by-layer'];
const RELABELLED = `tesseraSchedule: 1
name: copied
tensors:
  X: { dims: { M: 4 }, format: int8, role: input, home: dram }
  O: { dims: { M: 4 }, format: int8, role: output, home: dram }
layers:
  copy: { operator: copy, loops: { M: 4 }, operands: { I: { tensor: X, role: activation, index: { M: M } }, O: { tensor: O, role: output, index: { M: M } } } }
buffers: { x: { memory: core0.l1, bytes: 4 }, o: { memory: core0.l1, bytes: 4 } }
operations:
  - { kind: transfer, queue: core0.dma, reads: [{ tensor: X, box: { M: [1, 4] } }], writes: [{ buffer: x, box: { M: [0, 3] } }] }
  - { kind: transfer, queue: core0.dma, reads: [{ tensor: X, box: { M: [3, 4] } }], writes: [{ buffer: x, mode: add }] }
  - { kind: compute, queue: core0.vec, layer: copy, operator: copy, loops: { M: 4 }, reads: [{ buffer: x, operand: I }], writes: [{ buffer: o, tensor: O, operand: O }] }
  - { kind: transfer, queue: core0.dma, reads: [{ buffer: o }], writes: [{ tensor: O }] }
`;

describe('functional mode of a run', () => {
  it('is asked for by the scenario or the caller, changes no digest, and takes meanings from plugins', async () => {
    const plain = (await run(MAPPED)).result;
    expect(plain.functional).toBeUndefined();
    const { scenario, result } = await run([...MAPPED, 'functional: true']);
    expect(result).toMatchObject({
      outcome: 'finished',
      digest: plain.digest,
      functional: { equal: true, compared: 20, wrong: 0, fingerprints: [], notCompared: [], notes: [] },
    });
    expect((parse(effectiveConfig(scenario)) as { functional?: boolean }).functional).toBe(true);
    expect((await run(MAPPED, { functional: true })).result.functional).toEqual(result.functional);
    expect(validateInPlace(documentSchema('result'), structuredClone(resultDocument(result)), { owner: 'result schema' })).toEqual([]);
  });

  it('ends with wrong values, and says which and whose', async () => {
    const { result } = await run(MAPPED.map((line) => line.replace('lrn', 'groupnorm')).concat('functional: true'));
    expect(result).toMatchObject({ outcome: 'wrong-values', violationCount: 0, functional: { equal: false, compared: 20, wrong: 20 } });
    expect(result.functional!.firstDifference).toMatchObject({ tensor: 'b.O', layer: 'a', index: { C: 0, Y: 0 }, expected: 20, got: 0 });
    expect(verdictOf(result)).toBe('machine-failed');
    const told = /20 of 20 elements .* 'b\.O' \(Y 0, C 0\), of layer 'a': expected 20, got 0, last written by operation \d+$/;
    expect(reasonsOf(result)).toEqual([expect.stringMatching(told)]);
    expect(validateInPlace(documentSchema('result'), structuredClone(resultDocument(result)), { owner: 'result schema' })).toEqual([]);
    const { export: exported } = table as unknown as { export: (results: unknown[], config: object) => { content: string }[] };
    const [file] = exported([result], { width: 100, maxRows: 60, colour: false, details: true, statistics: 'none' });
    expect(String(file!.content)).toContain('20 of 20 elements of the outputs differ');
  });

  it('tells the values of an illegal schedule, too', async () => {
    const { result } = await run(['schedule: s.schedule.yaml'], { functional: true }, RELABELLED);
    expect(result).toMatchObject({ outcome: 'illegal', functional: { equal: false, compared: 4, wrong: 3 } });
    expect(result.functional!.firstDifference).toMatchObject({ tensor: 'O', layer: 'copy', index: { M: 0 }, operation: 3 });
  });

  it('is refused for experiments and together with checkpoints', async () => {
    await expect(run(MAPPED, { functional: true, checkpoint: { write: () => {} } })).rejects.toThrow(/a checkpoint holds no values/);
    await expect(loadScenario('scenarios/examples/dram-trace.yaml', new PluginRegistry(builtinPlugins), { set: { functional: true } })).rejects.toThrow(
      /'functional' has no meaning for kind/,
    );
  });
});
