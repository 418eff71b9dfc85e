/** Writes the topologies of scenarios/models/: `node dist/tools/models/make-models.js [FOLDER]`. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { MODELS } from './models.js';

const folder = process.argv[2] ?? join('scenarios', 'models');
mkdirSync(folder, { recursive: true });
for (const [name, make] of Object.entries(MODELS)) {
  const bytes = make();
  writeFileSync(join(folder, name), bytes);
  process.stdout.write(`${join(folder, name)}  ${bytes.length} bytes\n`);
}
