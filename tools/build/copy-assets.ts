import { copyFileSync, existsSync, mkdirSync, readdirSync } from 'node:fs';
import path from 'node:path';

const ASSET_ENDINGS = ['.template', '.json', '.html', '.css', '.svg', '.txt', '.csv', '.js', '.proto', '.wasm'];

/** Copies data files that lie beside the sources; returns how many. */
export function copyAssets(from: string, to: string): number {
  if (!existsSync(from)) return 0;
  let count = 0;
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [path.join(from, entry.name), path.join(to, entry.name)];
    if (entry.isDirectory()) count += copyAssets(source, target);
    else if (ASSET_ENDINGS.includes(path.extname(entry.name))) {
      mkdirSync(to, { recursive: true });
      copyFileSync(source, target);
      count++;
    }
  }
  return count;
}
