import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { PUBLIC_MODULES } from '../../core/plugin/public-modules.js';
import { tesseraProcess, type CommandEnd } from '../cli/harness.js';
import { some } from '../many.js';
import { temporaryFolder } from '../temporary-folder.js';

const FOLDER = path.resolve(import.meta.dirname, 'folder');
const EXAMPLE = path.resolve(import.meta.dirname, '../../docs/examples/dram-extension');

/** As somebody has it who never saw this repository: copied away, found by nothing but its own names. */
const copied = temporaryFolder('third-party');
const files = readdirSync(FOLDER);
const ownTests = files.filter((name) => name.endsWith('.test.js'));
/** Each is a process of its own. */
const triedTests = some(ownTests, 2);

describe('a folder outside of the repository', () => {
  let tested: CommandEnd;

  beforeAll(async () => {
    const isLeftOut = (file: string): boolean => file.endsWith('.test.js') && !triedTests.includes(path.basename(file));
    cpSync(FOLDER, copied, { recursive: true, filter: (file) => !isLeftOut(file) });
    // The DRAM command and the scheduler are those of the documentation: the same files, in this folder too.
    cpSync(path.join(EXAMPLE, 'index.js'), path.join(copied, 'dram-extension.js'));
    const scenario = readFileSync(path.join(EXAMPLE, 'scenario.yaml'), 'utf8');
    writeFileSync(path.join(copied, 'dram.yaml'), scenario.replace('./index.js', './dram-extension.js'));
    tested = await tesseraProcess(['plugin', 'test', copied]);
  }, 120_000);

  it('imports public modules, Node and itself only', () => {
    const allowed = (name: string): boolean => name in PUBLIC_MODULES || name.startsWith('node:') || /^\.\/[\w-]+\.js$/.test(name);
    for (const file of files.filter((name) => name.endsWith('.js'))) {
      const text = readFileSync(path.join(FOLDER, file), 'utf8');
      const named = [...text.matchAll(/\b(?:from|import)\s*\(?\s*'([^']+)'/g)].map((match) => match[1] as string);
      if (file !== 'index.js') expect(named.length, file).toBeGreaterThan(0);
      expect(
        named.filter((name) => !allowed(name)),
        file,
      ).toEqual([]);
    }
  });

  it('keeps the contract, and each of its tests and scenarios passes', () => {
    expect(tested.stdout).toMatch(/\d+ passed, 0 failed/);
    expect(tested.code).toBe(0);
    expect(ownTests.length).toBeGreaterThanOrEqual(6);
    for (const name of triedTests) expect(tested.stdout).toContain(`test ${name}`);
    for (const name of ['star', 'wire', 'board', 'technology', 'dram']) expect(tested.stdout).toContain(`scenario ${name}.yaml`);
  });

  it('warns where it should: in the result, and on standard error; parts that were not used are among the warnings', async () => {
    const { stdout, stderr, code } = await tesseraProcess(['run', 'board.yaml', '--json', '--allow-plugins', 'index.js'], { cwd: copied });
    expect(code).toBe(0);
    const { warnings } = JSON.parse(stdout) as { warnings: string[] };
    expect(warnings).toEqual([
      'importer board: not used: parts.txt:3: pe.colour (a machine has no colours)',
      expect.stringMatching(/^mapper patient: thought of 2 layers, draw \d+$/),
    ]);
    for (const warning of warnings) expect(stderr).toContain(`warning: ${warning}`);
  }, 60_000);

  it('imports from the command line: what came out, and what was not used', async () => {
    const { stdout, stderr } = await tesseraProcess(['import', 'parts.txt', 'wires.txt', '--plugin', './index.js'], { cwd: copied });
    expect(JSON.parse(stdout)).toMatchObject({ name: 'board', blocks: { l1: { use: 'sram' } } });
    expect(stderr).toBe('not used: parts.txt:3: pe.colour (a machine has no colours)\n');
  }, 60_000);
});
