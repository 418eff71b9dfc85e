import { atOnce, toolContext } from '../../../tool-context.js';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isMatrixOperator, type ImporterPlugin } from '../../../../core/index.js';
import { operatorCost } from '../../../../plugins/lib/cores/index.js';

import onnxPlugin from '../../../../plugins/importers/onnx/index.js';
import { vectorPlugin } from '../../../../plugins/cores/vector/index.js';
import { runCore, type ComputeSketch } from '../support/compute-bench.js';
import { accessLatency } from '../support/stream-memory.js';
import { caseCount } from '../../../many.js';

const elementwise = (operator: string, elements: number): ComputeSketch => ({
  operator,
  loops: { K: elements },
  reads: { I: elements },
  writes: { O: elements },
  formats: { O: 'int8' },
});

describe('vector core', () => {
  it('takes start-up plus vectors times the cost of the operator', () => {
    const config = { lanes: 16, startupCycles: 5, specialFunctionCycles: 4 };
    const cyclesOf = (operator: string): number => runCore(vectorPlugin, config, [elementwise(operator, 1000)]).cycles[0]!;
    const vectors = Math.ceil(1000 / 16);
    expect(cyclesOf('add')).toBe(5 + vectors);
    expect(cyclesOf('Relu')).toBe(5 + vectors);
    expect(cyclesOf('exp')).toBe(5 + 4 * vectors);
    expect(cyclesOf('softmax')).toBe(5 + 8 * vectors);
    expect(cyclesOf('LayerNormalization')).toBe(5 + 6 * vectors);
  });

  it('counts every input of a pooling window', () => {
    const pool: ComputeSketch = { operator: 'maxpool', loops: { K: 64, OY: 8, OX: 8, FY: 3, FX: 3 } };
    expect(runCore(vectorPlugin, { lanes: 64, startupCycles: 0 }, [pool]).cycles[0]).toBe(64 * 9);
  });

  it('adds one access and one acknowledgement when the memory keeps up', () => {
    const memory = { bytesPerCycle: 16, latencyCycles: 3, ports: 2 };
    const config = { lanes: 16, startupCycles: 5 };
    const alone = runCore(vectorPlugin, config, [elementwise('relu', 4096)]).cycles[0]!;
    const coupled = runCore(vectorPlugin, config, [elementwise('relu', 4096)], memory);
    const latency = accessLatency(memory);
    expect(coupled.cycles[0]! - alone).toBe(latency + 1 + latency);
    expect(coupled.stalls).toMatchObject({ 'wait-input': latency + 1, 'wait-output': latency });
  });

  it('moves every byte once, never beats its bounds, and keeps its books', () => {
    const operators = fc.constantFrom('add', 'softmax', 'copy', 'gelu');
    const config = fc.record({
      lanes: fc.integer({ min: 1, max: 64 }),
      startupCycles: fc.integer({ min: 0, max: 20 }),
      burstVectors: fc.integer({ min: 1, max: 64 }),
    });
    const memory = fc.record({ bytesPerCycle: fc.constantFrom(1, 8, Infinity), latencyCycles: fc.integer({ min: 0, max: 20 }) });
    fc.assert(
      fc.property(operators, config, memory, fc.integer({ min: 1, max: 3000 }), (operator, unit, shape, elements) => {
        const sketch = elementwise(operator, elements);
        const run = runCore(vectorPlugin, unit, [sketch], shape);
        expect(run.memory).toMatchObject({ bytesRead: elements, bytesWritten: elements });
        expect(run.cycles[0]).toBeGreaterThanOrEqual(runCore(vectorPlugin, unit, [sketch]).cycles[0]!);
        expect(run.cycles[0]).toBeGreaterThanOrEqual((2 * elements) / shape.bytesPerCycle);
        expect(Object.values(run.stalls).reduce((a, b) => a + b, 0)).toBe(run.endCycle);
      }),
      { numRuns: caseCount(100) },
    );
  });

  it('or a matrix core knows every operator that the ONNX models of the project contain', () => {
    const folder = path.resolve(import.meta.dirname, '../../../../scenarios/models');
    const files = readdirSync(folder).filter((name) => name.endsWith('.onnx'));
    expect(files.length).toBeGreaterThan(5);
    const unknown = new Set<string>();
    for (const file of files) {
      const source = { fileName: file, bytes: readFileSync(path.join(folder, file)), readSibling: () => undefined };
      const { layers } = atOnce((onnxPlugin as ImporterPlugin).read([source], {}, toolContext)).workload!;
      for (const layer of layers) {
        const isKnown = layer.class === 'mac' ? isMatrixOperator(layer.operator) : operatorCost(layer.operator) !== undefined;
        if (!isKnown) unknown.add(layer.operator);
      }
    }
    expect([...unknown]).toEqual([]);
  });

  it('refuses a matrix product', () => {
    expect(() => runCore(vectorPlugin, {}, [{ operator: 'gemm' }])).toThrow(/does not execute operator 'gemm'/);
  });
});
