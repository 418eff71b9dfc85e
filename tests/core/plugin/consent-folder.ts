import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { loadScenario, PluginRegistry, type LoadOptions } from '../../../core/index.js';
import { temporaryFolder } from '../../temporary-folder.js';

export const PLUGIN =
  "export default { kind: 'experiment', name: 'mine', version: '1.0.0', summary: 's', configSchema: { type: 'object' }, run: () => ({ metrics: {} }) };\n";
/** Leaves a file behind when it runs. */
export const told = (file: string): string => `import { writeFileSync as write } from 'node:fs';\nwrite(${JSON.stringify(file)}, '');\n`;

/** A folder with a scenario in `s/`; every `TOLD` in a file becomes code that leaves the file `ran`. */
export function folderOf(files: Readonly<Record<string, string>>, plugin = './p.js') {
  const folder = temporaryFolder('consent');
  const ran = path.join(folder, 'ran');
  const scenario = `tessera: 1\nkind: mine\nplugins: [${JSON.stringify(plugin)}]\n`;
  for (const [name, text] of Object.entries({ 's/package.json': '{ "type": "module" }', 's/s.yaml': scenario, ...files })) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), text.replace('TOLD', told(ran)));
  }
  const file = (name: string): string => path.join(folder, name);
  const load = (options: LoadOptions = {}) => loadScenario(file('s/s.yaml'), new PluginRegistry([]), options);
  return { file, load, hasRun: () => existsSync(ran) };
}

export type Folder = ReturnType<typeof folderOf>;

export const sha256 = (...texts: string[]): string => createHash('sha256').update(texts.join('')).digest('hex');
export const sha256Of = (file: string): string => sha256(readFileSync(file, 'utf8'));
