import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Measured } from './points.js';

/**
 * `node dist/tools/mappers/main.js [--simulate] [--models A,B] [--cores 1,4,16,64] [--mappers layer-by-layer,depth-first]`: what the
 * mappers make of models on machines of several sizes: operations, CPU seconds, memory, traffic and (simulated) cycles, one process a point.
 */
const flags = process.argv.slice(2);
const listOf = (name: string, otherwise: readonly string[]): readonly string[] => {
  const at = flags.indexOf(`--${name}`);
  return at < 0 ? otherwise : (flags[at + 1] ?? '').split(',');
};

const models = readdirSync(path.join('scenarios', 'models')).map((name) => name.replace(/\.onnx$/, ''));
const worker = fileURLToPath(new URL('./worker.js', import.meta.url));
process.stdout.write(
  '| model | mapper | cores | operations | mapping, CPU s | peak MiB | home MiB | cycles |\n| --- | --- | --- | --- | --- | --- | --- | --- |\n',
);
for (const model of listOf('models', models)) {
  for (const mapper of listOf('mappers', ['layer-by-layer', 'depth-first'])) {
    for (const cores of listOf('cores', ['1', '4', '16', '64'])) {
      const args = [worker, model, mapper, cores, ...(flags.includes('--simulate') ? ['simulate'] : [])];
      const {
        operations,
        mapSeconds,
        peakRssMib,
        homeMib,
        cycles,
        violations = 0,
      } = JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' })) as Measured;
      const simulated = cycles === undefined ? '' : `${Math.round(cycles)}${violations > 0 ? ` (${violations} violations)` : ''}`;
      const cells = [model, mapper, cores, operations, mapSeconds.toFixed(2), Math.round(peakRssMib), homeMib.toFixed(2), simulated];
      process.stdout.write(`| ${cells.join(' | ')} |\n`);
    }
  }
}
