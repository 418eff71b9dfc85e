import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { project, tesseraProcess } from './harness.js';
import { writesPassingFolder } from './new-plugin.js';

describe('the built command', () => {
  it('was built', () => {
    expect(existsSync(path.resolve(import.meta.dirname, '../../dist/cli/commands/run.js')), 'npm run build').toBe(true);
  });

  it('tells its version, and help with one line for every command', async () => {
    const { version } = JSON.parse(readFileSync(path.resolve(import.meta.dirname, '../../package.json'), 'utf8')) as { version: string };
    expect((await tesseraProcess(['--version'])).stdout).toMatch(new RegExp(`^tessera-sim/${version.replaceAll('.', '\\.')} `));
    const help = (await tesseraProcess(['--help'])).stdout;
    for (const name of ['run', 'validate', 'suite', 'compare', 'report', 'plugin', 'schema', 'workload', 'crosscheck', 'import'])
      expect(help).toMatch(new RegExp(`^  ${name} +\\S`, 'm'));
    expect((await tesseraProcess(['run', '--help'])).stdout).toContain('EXAMPLES');
  });

  it('names the nearest command for a misspelt one', async () => {
    const { code, stderr } = await tesseraProcess(['valdate', 'x.yaml']);
    expect(code).toBe(2);
    expect(stderr).toContain("did you mean 'validate'?");
  });

  it('ends with 2 for a flag that does not exist', async () => {
    expect((await tesseraProcess(['run', 's.yaml', '--fast'])).code).toBe(2);
  });
});

describe('plugins from elsewhere', () => {
  it('plugin new memory writes a folder that passes as it is, outside the repository', () => writesPassingFolder('memory'));

  it('that leave a promise open are told, not taken for an end', async () => {
    const folder = project({
      'index.js': `import { definePlugin } from 'tessera-sim';
        export default definePlugin({ kind: 'experiment', name: 'silent', version: '1.0.0', summary: 'For tests',
          configSchema: { type: 'object', properties: {} }, run: () => new Promise(() => {}) });`,
      's.yaml': 'tessera: 1\nkind: silent\nplugins: [./index.js]\n',
    });
    const { code, stderr } = await tesseraProcess(['run', 's.yaml', '--allow-plugins', 'index.js'], { cwd: folder });
    expect(stderr).toContain('a plugin returned a promise that never ends');
    expect(code).toBe(3);
  });
});
