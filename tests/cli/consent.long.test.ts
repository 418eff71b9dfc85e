import { existsSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ConsentStore } from '../../cli/consent/consent-store.js';
import { codeHash } from '../../core/plugin/consent/plugin-code.js';
import { PLUGIN, sha256Of, told } from '../core/plugin/consent-folder.js';
import { temporaryFolder } from '../temporary-folder.js';
import { project, tesseraProcess, type CommandEnd } from './harness.js';

const before = process.env['TESSERA_CONFIG'];
beforeEach(() => void (process.env['TESSERA_CONFIG'] = temporaryFolder('config')));
afterEach(() => void (process.env['TESSERA_CONFIG'] = before));

describe('the built command, without a terminal', () => {
  it('runs what is listed or was agreed to before, in workers too, and nothing once it has changed', async () => {
    const ran = path.join(temporaryFolder('ran'), 'ran');
    const cwd = project({
      'package.json': '{ "type": "module" }',
      'p.js': `import './lib/a.js';\n${PLUGIN}`,
      'lib/a.js': told(ran),
      's.yaml': 'tessera: 1\nkind: mine\nplugins: [./p.js]\n',
      'all.yaml': 'tesseraSuite: 1\nscenarios: [s.yaml]\naxes: { seed: [1, 2, 3] }\n',
    });
    const at = path.join(cwd, 'p.js');
    const code = () => {
      const files = new Map([at, path.join(cwd, 'lib/a.js')].map((file) => [file, sha256Of(file)]));
      return { specifier: './p.js', at, isPackage: false, files, sha256: codeHash(files, cwd) };
    };
    const tried = async (...words: string[]): Promise<CommandEnd & { readonly hasRun: boolean }> => {
      const end = await tesseraProcess(words, { cwd });
      const hasRun = existsSync(ran);
      rmSync(ran, { force: true });
      return { ...end, hasRun };
    };
    const unasked = await tried('run', 's.yaml');
    expect(unasked).toMatchObject({ code: 2, hasRun: false, stdout: '' });
    expect(unasked.stderr).toContain(`--allow-plugins ${code().sha256}`);
    expect(await tried('run', 's.yaml', '--allow-plugins', code().sha256)).toMatchObject({ code: 0, hasRun: true });
    expect(await tried('suite', 'all.yaml', '-j', '2')).toMatchObject({ code: 2, hasRun: false });
    ConsentStore.ofUser(() => {})?.add(code());
    expect(await tried('run', 's.yaml')).toMatchObject({ code: 0, hasRun: true, stderr: '' });
    const suite = await tried('suite', 'all.yaml', '-j', '2');
    expect(suite).toMatchObject({ code: 0, hasRun: true });
    expect(suite.stdout).toContain('3 of 3 as expected');
    writeFileSync(path.join(cwd, 'lib/a.js'), `${told(ran)}// swapped\n`);
    for (const words of [
      ['run', 's.yaml'],
      ['suite', 'all.yaml', '-j', '2'],
    ]) {
      const changed = await tried(...words);
      expect(changed).toMatchObject({ code: 2, hasRun: false });
      expect(`${changed.stdout}${changed.stderr}`).toContain("'./p.js' has changed since it was agreed to");
    }
  });
});
