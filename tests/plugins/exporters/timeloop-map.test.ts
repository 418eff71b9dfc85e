import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { ExporterPlugin, ImporterPlugin, Loop, LoopNest, RunResult } from '../../../core/index.js';
import timeloopMap, { mapText } from '../../../plugins/exporters/timeloop-map/index.js';
import timeloop from '../../../plugins/importers/timeloop/index.js';
import { atOnce, toolContext } from '../../tool-context.js';

const imported = (text: string): LoopNest => {
  const bytes = new TextEncoder().encode(text);
  const { mapping } = atOnce(
    (timeloop as unknown as ImporterPlugin).read([{ fileName: 'x.map.yaml', bytes, readSibling: () => undefined }], { row: 0 }, toolContext),
  );
  return Object.values(mapping!)[0]!;
};

const CONVOLUTION = ['B', 'K', 'C', 'OX', 'OY', 'FX', 'FY'];
const PRODUCT = ['M', 'N', 'L'];
const everywhere = (memory: string): Record<string, string> => ({ I: memory, W: memory, O: memory });

/** Loops of one level: each dimension once, those in time outside, those along Y outside of those along X. */
const loopsOver = (names: readonly string[], kinds: readonly ('temporal' | 'X' | 'Y')[]): fc.Arbitrary<Loop[]> =>
  fc.shuffledSubarray([...names]).chain((some) =>
    fc
      .tuple(
        ...some.map((loop) =>
          fc.record({
            size: fc.integer({ min: 2, max: 9 }),
            kind: fc.constantFrom(...kinds),
            last: fc.option(fc.integer({ min: 1, max: 9 })),
            loop: fc.constant(loop),
          }),
        ),
      )
      .map((parts) =>
        parts
          .map(({ loop, size, kind, last }): Loop => ({
            loop,
            size,
            ...(last !== null && last < size ? { last } : {}),
            ...(kind === 'temporal' ? { kind } : { kind: 'spatial', axis: kind }),
          }))
          .sort((a, b) => ['', 'Y', 'X'].indexOf(a.axis ?? '') - ['', 'Y', 'X'].indexOf(b.axis ?? '')),
      ),
  );

const nests = (names: readonly string[]): fc.Arbitrary<LoopNest> =>
  fc
    .tuple(loopsOver(names, ['temporal']), loopsOver(names, ['temporal', 'X', 'Y']), fc.array(loopsOver(names, ['temporal', 'X', 'Y']), { maxLength: 3 }))
    .map(([outer, local, inner]) => ({
      levels: [
        { storage: everywhere('dram'), loops: outer },
        { storage: everywhere('core0.l1'), loops: local },
        ...inner.map((loops) => ({ storage: {}, loops })),
      ],
    }));

it('import of export is the identity on nests', () => {
  fc.assert(
    fc.property(fc.oneof(nests(PRODUCT), nests(CONVOLUTION)), (nest) => {
      expect(imported(mapText(nest))).toEqual(nest);
    }),
    { numRuns: 60 },
  );
});

it("a convolution's loops get Timeloop's names", () => {
  const loops = CONVOLUTION.map((loop): Loop => ({ loop, size: 2, kind: 'temporal' }));
  const nest: LoopNest = { levels: [{ storage: everywhere('dram'), loops }] };
  expect(mapText(nest)).toContain('factors: N=2 K=2 C=2 P=2 Q=2 R=2 S=2\n    permutation: SRQPCKN');
});

it('writes a file for each layer, and says where there is none', () => {
  const exporter = timeloopMap as unknown as ExporterPlugin;
  const nest: LoopNest = { levels: [{ storage: everywhere('dram'), loops: [{ loop: 'M', size: 4, kind: 'temporal' }] }] };
  const result = (mappings?: Record<string, LoopNest>): RunResult =>
    ({ kind: 'schedule', name: 'r', schedule: { name: 's', mappings } }) as unknown as RunResult;
  const [file] = atOnce(exporter.export([result({ 'a/b': nest })], {}, toolContext));
  expect(file).toMatchObject({ name: 'a_b.map.yaml', content: mapText(nest) });
  expect(() => exporter.export([result()], {}, toolContext)).toThrow(/no loop nests/);
  const twice: LoopNest = { levels: [{ storage: everywhere('dram'), loops: [...nest.levels[0]!.loops, ...nest.levels[0]!.loops] }] };
  expect(() => mapText(twice)).toThrow(/two loops over one dimension/);
});
