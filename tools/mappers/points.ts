import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** One workload on one machine through one mapper. */
export interface Point {
  /** A file of `scenarios/models` without `.onnx`, one with `.yaml`, or `gemm-N`: a product of two N x N matrices. */
  readonly model: string;
  readonly mapper: string;
  readonly cores: number;
}

/** What a worker measures of a point. */
export interface Measured {
  readonly operations: number;
  /** CPU seconds of the mapper and of one walk through its operations. */
  readonly mapSeconds: number;
  readonly peakRssMib: number;
  /** To and from the home memory. */
  readonly homeMib: number;
  /** Simulated; absent when the point is only mapped. */
  readonly cycles?: number;
  readonly violations?: number;
}

/** Models that the scenarios run with 8-bit weights and activations; the others bring their formats. */
const EIGHT_BITS = ['resnet18', 'resnet50', 'mobilenetv2', 'fsrcnn'];

/**
 * Writes the scenario of a point: the quad-core machine of the scenarios with another number of tiles, on a mesh as square as can be.
 *
 * @param root folder of the project
 * @returns the scenario's file in `folder`
 */
export function writeScenario({ model, mapper, cores }: Point, root: string, folder: string): string {
  const machine = path.join(folder, 'machine.yaml');
  writeFileSync(machine, machineText(root, cores));
  const file = path.join(folder, 'scenario.yaml');
  const scenario = {
    tessera: 1,
    name: `${model}-${mapper}-${cores}`,
    machine: { include: machine },
    workload: workloadOf(model, path.join(root, 'scenarios', 'models')),
    mapper: { use: mapper },
  };
  writeFileSync(file, JSON.stringify(scenario));
  return file;
}

function machineText(root: string, cores: number): string {
  const columns = Math.ceil(Math.sqrt(cores));
  const text = readFileSync(path.join(root, 'scenarios', 'machines', 'quadcore.yaml'), 'utf8');
  return text
    .replaceAll('copies: 4', `copies: ${cores}`)
    .replaceAll('repeat: 4', `repeat: ${cores}`)
    .replaceAll('columns: 2, rows: 2', `columns: ${columns}, rows: ${Math.ceil(cores / columns)}`);
}

function workloadOf(model: string, folder: string): object {
  const size = Number(/^gemm-(\d+)$/.exec(model)?.[1]);
  if (size > 0) return { layers: [{ name: 'gemm', operator: 'gemm', loops: { OY: size, K: size, C: size } }] };
  if (model.endsWith('.yaml')) return { layers: path.join(folder, model) };
  const formats = EIGHT_BITS.includes(model) ? { formats: { weights: 'int8', activations: 'int8', partialSums: 'int32' } } : {};
  return { onnx: path.join(folder, `${model}.onnx`), ...formats };
}
