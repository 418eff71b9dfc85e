import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { FLOORS, importCircles, layerViolations, publicEntries, readSources } from './import-graph.js';

const root = path.resolve(import.meta.dirname, '..');
const entries = publicEntries(root);
const sources = readSources(root, ['core', 'plugins', 'cli', 'tools', 'bench']);

describe('layers', () => {
  it('point one way: cli -> core <- plugins, and down the floors of core', () => {
    expect(sources.size).toBeGreaterThan(400);
    expect(layerViolations(sources, entries)).toEqual([]);
  });

  it('have a folder or file for every floor', () => {
    for (const floor of FLOORS)
      expect(
        [...sources.keys()].some((file) => file.startsWith(`core/${floor}`)),
        floor,
      ).toBe(true);
  });

  it.each([
    ['core/kernel/x.ts', "import { readFileSync } from 'node:fs';", 'the engine imports no Node API'],
    ['core/kernel/x.ts', "import fs from 'fs';", 'the engine imports no Node API'],
    ['core/model/x.ts', "import { container } from 'tsyringe';", 'the engine imports no Node API, tsyringe'],
    ['core/workload/x.ts', "import type { EventEmitter } from 'eventemitter3';", 'eventemitter3'],
    ['core/mapping/x.ts', "const { Ajv2020 } = await import('ajv/dist/2020.js');", 'ajv'],
    ['core/schedule/form/x.ts', 'export const now = () => process.hrtime();', 'uses a global of Node'],
    ['core/scenario/x.ts', "export * from '../../plugins/index.js';", 'core imports nothing outside of core'],
    ['core/scenario/x.ts', "import '../../cli/engine.js';", 'core imports nothing outside of core'],
    ['core/model/x.ts', "import type { Schedule } from '../schedule/form/form.js';", 'an arrow up, from floor model to schedule/form'],
    ['core/schedule/check/x.ts', "import type { E } from '../execute/executor.js';", 'an arrow up, from floor schedule/check to schedule/execute'],
    ['core/certificate/x.ts', "import { covers } from '../schedule/resolve/extent.js';", 'an arrow up, from floor certificate to schedule/resolve'],
    ['core/certificate/x.ts', "import { boxText } from '../schedule/check/values.js';", 'an arrow up, from floor certificate to schedule/check'],
    ['core/plugin/x.ts', "import type { LoadedScenario } from '../scenario/loaded-scenario.js';", 'an arrow up, from floor plugin to scenario'],
    ['core/cellar/x.ts', "import '../errors.js';", 'on no floor'],
    ['plugins/cores/x/index.ts', "import { Kernel } from '../../../core/kernel/kernel.js';", 'public specifiers'],
    ['plugins/cores/x/index.ts', "import {\n  a,\n  b,\n} from '../systolic/fold-cycles.js';", 'public specifiers'],
    ['plugins/cores/x/index.ts', "import { z } from 'tessera-sim/core/kernel';", 'no such public specifier'],
    ['plugins/cores/x/index.ts', "import { container } from 'tsyringe';", 'a plugin gets all it needs'],
    ['cli/commands/x.ts', "import systolic from '../../plugins/cores/systolic/index.js';", 'the list of plugins'],
    ['tools/x/main.ts', "import { x } from '../../cli/engine.js';", 'a tool imports core'],
    ['tools/x/main.ts', "import { x } from '../../plugins/memories/dram/build.js';", 'a tool imports core'],
    ['bench/x.ts', "import { x } from '../core/run/run.js';", 'a benchmark imports'],
    ['core/run/x.ts', "import { x } from 'tessera-sim/dram';", 'a public specifier'],
    ['cli/x.ts', "import { x } from 'tessera-sim/dram';", 'a public specifier'],
    ['plugins/cores/x/index.ts', "import { x } from '../../../dist/core/kernel/kernel.js';", 'a path out of the sources'],
    ['core/run/x.ts', "import { x } from '../../bin/load-bundle.js';", 'a path out of the sources'],
    ['core/run/x.ts', 'const a = await import(`../suite/points.js`);', 'imports what it computes'],
    ['plugins/cores/x/index.ts', 'const a = await import(name);', 'imports what it computes'],
    ['plugins/cores/x/index.ts', "const a = createRequire(import.meta.url)('../../index.js');", 'public specifiers'],
    ['core/plugin/x.ts', "new Worker(new URL('../run/run.js', import.meta.url));", 'an arrow up'],
    ['core/plugin/x.ts', "const a = 'a/*';\nimport { c } from '../run/run.js';\n/** doc */", 'an arrow up'],
    ['core/kernel/x.ts', 'const { env } = process;', 'uses a global of Node'],
    ['core/kernel/x.ts', 'export const now = performance.now();', 'uses a global of Node'],
  ])('notice in %s: %s', (file, text, reason) => {
    const planted = layerViolations(new Map([[file, text]]), entries);
    expect(planted).toHaveLength(1);
    expect(planted[0]).toContain(reason);
  });

  it('allow what a plugin may import, and words in comments', () => {
    const text =
      "// import x from 'node:fs'\nimport { Phase } from 'tessera-sim';\nimport type { T } from 'tessera-sim/noc-flit';\nimport { y } from './y.js';";
    expect(layerViolations(new Map([['plugins/cores/x/index.ts', text]]), entries)).toEqual([]);
  });
});

describe('imports', () => {
  it('go in no circle', () => {
    expect(importCircles(sources, entries)).toEqual([]);
  });

  it('are seen between scripts, too', () => {
    const circle = new Map([
      ['bench/a.js', "import './b.js';"],
      ['bench/b.js', "import './a.js';"],
    ]);
    expect(importCircles(circle, entries)).toEqual([['bench/a.js', 'bench/b.js']]);
  });

  it('are followed for types, through public specifiers and over three files', () => {
    const circle = new Map([
      ['core/index.ts', "export * from './a.js';"],
      ['core/a.ts', "import type { B } from './b.js';"],
      ['core/b.ts', "import { c } from 'tessera-sim';"],
      ['core/c.ts', "import './a.js';"],
    ]);
    expect(importCircles(circle, entries)).toEqual([['core/a.ts', 'core/b.ts', 'core/index.ts']]);
  });
});
