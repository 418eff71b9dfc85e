/** Last step of the build: what `tsc` leaves undone. Run from the folder of the project. */
import { chmodSync } from 'node:fs';
import path from 'node:path';
import { copyAssets } from './copy-assets.js';
import { writeManifest } from './manifest.js';

const root = process.cwd();
const copied = copyAssets(path.join(root, 'plugins'), path.join(root, 'dist', 'plugins')) + copyAssets(path.join(root, 'core'), path.join(root, 'dist', 'core'));
const commands = await writeManifest(root);
chmodSync(path.join(root, 'bin', 'tessera.js'), 0o755);
console.log(`built: ${copied} assets, ${commands} commands in oclif.manifest.json`);
