import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { PUBLIC_MODULES } from '../../core/plugin/public-modules.js';
import { temporaryFolder } from '../temporary-folder.js';

const root = path.resolve(import.meta.dirname, '../..');

/** As a user gets it: packed, and installed with its dependencies into an empty folder. */
describe('the tarball', () => {
  const folder = temporaryFolder('tarball');
  const { NODE_OPTIONS: _, ...environment } = process.env;
  const run = (program: string, args: readonly string[], cwd = folder): string =>
    execFileSync(program, args, { cwd, encoding: 'utf8', env: environment, stdio: ['ignore', 'pipe', 'pipe'] });

  beforeAll(() => {
    // The build is there already: packing must not make another.
    const [{ filename }] = JSON.parse(run('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', folder], root)) as [{ filename: string }];
    writeFileSync(path.join(folder, 'package.json'), '{ "type": "module" }');
    run('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline', `./${filename}`]);
  }, 300_000);

  it('runs the quick start: both schedules, the comparison, the report', () => {
    const text = run(path.join(folder, 'node_modules/.bin/tessera'), ['quickstart']);
    expect(text).toMatch(/resnet18-depth-first is 1\.\d+ times as fast as resnet18-layer-by-layer/);
    expect(readFileSync(path.join(folder, 'out/quickstart/report.html'), 'utf8')).toContain('resnet18-depth-first');
    expect(existsSync(path.join(folder, 'out/quickstart/resnet18-depth-first/trace.json'))).toBe(true);
  }, 120_000);

  it('gives programs every public module, with types', () => {
    const imports = Object.keys(PUBLIC_MODULES).map((name, index) => `import * as module${index} from '${name}';`);
    const counts = imports.map((_line, index) => `Object.keys(module${index}).length`);
    writeFileSync(path.join(folder, 'all.ts'), `${imports.join('\n')}\nexport const exported: readonly number[] = [${counts.join(', ')}];\n`);
    writeFileSync(
      path.join(folder, 'tsconfig.json'),
      JSON.stringify({
        compilerOptions: { strict: true, module: 'nodenext', target: 'es2022', lib: ['es2023'], types: [], skipLibCheck: true },
        files: ['all.ts'],
      }),
    );
    run(process.execPath, [path.join(root, 'node_modules/typescript/bin/tsc'), '-p', folder]);
    const script = "import { exported } from './all.js'; console.log(JSON.stringify(exported));";
    const exported = JSON.parse(run(process.execPath, ['--input-type=module', '-e', script])) as number[];
    expect(exported).toHaveLength(Object.keys(PUBLIC_MODULES).length);
    expect(exported.every((count) => count > 0)).toBe(true);
  }, 60_000);

  it('runs suites in worker processes, and takes from its store what it has', () => {
    writeFileSync(
      path.join(folder, 'sweep.yaml'),
      "tesseraSuite: 1\nscenarios: ['tessera:scenarios/examples/gemm-operand-bits.yaml']\naxes: { seed: [1, 2, 3] }\n",
    );
    const suite = ['suite', 'sweep.yaml', '--jobs', '2', '--store', 'store'];
    const tessera = path.join(folder, 'node_modules/.bin/tessera');
    expect(run(tessera, suite)).toMatch(/3 of 3 as expected$/m);
    expect(run(tessera, suite)).toContain('3 taken from the store');
  }, 60_000);

  it('takes a plugin written by its own scaffold', () => {
    const tessera = path.join(folder, 'node_modules/.bin/tessera');
    run(tessera, ['plugin', 'new', 'memory', 'my-memory', '--dir', 'my-memory']);
    expect(run(tessera, ['plugin', 'test', 'my-memory'])).toMatch(/ passed, 0 failed$/m);
  }, 60_000);
});
