import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { layerViolations, readSources } from './import-graph.js';

const root = path.resolve(import.meta.dirname, '..');

describe('layers', () => {
  const sources = readSources(root, ['core', 'plugins', 'cli']);

  it('point one way: cli -> core <- plugins', () => {
    expect(sources.size).toBeGreaterThan(100);
    expect(layerViolations(sources)).toEqual([]);
  });

  it.each([
    ['core/kernel/x.ts', "import { readFileSync } from 'node:fs';", 'the engine imports no Node API'],
    ['core/kernel/x.ts', "import fs from 'fs';", 'the engine imports no Node API'],
    ['core/model/x.ts', "import { container } from 'tsyringe';", 'the engine imports no Node API, tsyringe'],
    ['core/workload/x.ts', "import type { EventEmitter } from 'eventemitter3';", 'eventemitter3'],
    ['core/estimate/x.ts', "const { Ajv2020 } = await import('ajv/dist/2020.js');", 'ajv'],
    ['core/schedule/x.ts', 'export const now = () => process.hrtime();', 'uses a global of Node'],
    ['core/scenario/x.ts', "export * from '../../plugins/index.js';", 'core imports nothing outside of core'],
    ['core/scenario/x.ts', "import '../../cli/engine.js';", 'core imports nothing outside of core'],
    ['plugins/cores/x/index.ts', "import { Kernel } from '../../../core/kernel/kernel.js';", 'core/index.ts only'],
    ['plugins/cores/x/index.ts', "import {\n  a,\n  b,\n} from '../systolic/fold-cycles.js';", 'api.ts only'],
    ['plugins/cores/x/index.ts', "import { container } from 'tsyringe';", 'a plugin gets all it needs'],
    ['cli/commands/x.ts', "import systolic from '../../plugins/cores/systolic/index.js';", 'the list of plugins'],
  ])('notice in %s: %s', (file, text, reason) => {
    const planted = layerViolations(new Map([[file, text]]));
    expect(planted).toHaveLength(1);
    expect(planted[0]).toContain(reason);
  });

  it('allow what a plugin may import, and words in comments', () => {
    const text = "// import x from 'node:fs'\nimport { Phase } from '../../../core/index.js';\nimport type { T } from '../../networks/flit/api.js';\nimport { y } from './y.js';";
    expect(layerViolations(new Map([['plugins/cores/x/index.ts', text]]))).toEqual([]);
  });
});
