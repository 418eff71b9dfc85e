/** Last step of the build: what `tsc` leaves undone. Run from the folder of the project. */
import { chmodSync } from 'node:fs';
import path from 'node:path';
import { bundleClient } from './client.js';
import { copyAssets } from './copy-assets.js';
import { writeManifest } from './manifest.js';

const root = process.cwd();
const scriptBytes = bundleClient(root);
const copied = ['core', 'plugins', 'cli'].reduce((count, folder) => count + copyAssets(path.join(root, folder), path.join(root, 'dist', folder)), 0);
const commands = await writeManifest(root);
chmodSync(path.join(root, 'bin', 'tessera.js'), 0o755);
console.log(`built: ${copied} assets, ${scriptBytes} bytes of the report's script, ${commands} commands in oclif.manifest.json`);
