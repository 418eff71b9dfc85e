/** Last step of the build: what `tsc` leaves undone. Run from the folder of the project. */
import { execFileSync } from 'node:child_process';
import { chmodSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { writeBundle } from './bundle.js';
import { bundleClient } from './client.js';
import { copyAssets } from './copy-assets.js';
import { writeManifest } from './manifest.js';

const root = process.cwd();
const scriptBytes = bundleClient(root);
const copied = ['core', 'plugins', 'cli'].reduce((count, folder) => count + copyAssets(path.join(root, folder), path.join(root, 'dist', folder)), 0);
const commands = await writeManifest(root);
const scripts = await writeBundle(root);
const { NODE_OPTIONS: _, ...plainEnvironment } = process.env;
execFileSync(process.execPath, [path.join(import.meta.dirname, 'warm-up.js')], {
  stdio: ['ignore', 'ignore', 'inherit'],
  env: { ...plainEnvironment, TESSERA_WARM_UP: '1' },
});
if (!readdirSync(path.join(root, 'dist', 'bundle')).some((name) => name.endsWith('.cache')))
  throw new Error("warm-up.js ended before it wrote V8's code caches");
chmodSync(path.join(root, 'bin', 'tessera.js'), 0o755);
const kib = (files: readonly string[]): number => Math.round(files.reduce((sum, file) => sum + statSync(file).size, 0) / 1024);
console.log(
  `built: ${copied} assets, ${scriptBytes} bytes of the report's script, ${commands} commands in oclif.manifest.json, ${kib(scripts)} KiB in the bundle`,
);
