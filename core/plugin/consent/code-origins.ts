import path from 'node:path';
import { isInside, real } from '../../document/input-files.js';
import { installationFolder } from '../../document/installation.js';

/** Where the code of a scenario's plugins may come from: the scenario's folder, folders of `--allow`, installed packages. */
export class CodeOrigins {
  /** Absolute, links resolved. */
  readonly folders: readonly string[];

  /** @param folders that of the scenario first. */
  constructor(folders: readonly string[]) {
    this.folders = [...new Set(folders.map((folder) => real(path.resolve(folder))))];
  }

  static ofScenario(file: string, allow: readonly string[] = []): CodeOrigins {
    return new CodeOrigins([path.dirname(file), ...allow]);
  }

  and(folder: string): CodeOrigins {
    return new CodeOrigins([...this.folders, folder]);
  }

  /** @param file with its links resolved. */
  has(file: string): boolean {
    return this.folders.some((folder) => isInside(file, folder));
  }

  /** A package lies beside others where it was found, or is linked to a folder below the one that holds `node_modules` (a workspace). */
  hasPackage(root: string, foundIn: string): boolean {
    return isInside(root, real(foundIn)) || this.has(root);
  }
}

/** The file from which packages of this installation are found, those installed beside it too. */
export function installationModule(): string {
  return path.join(installationFolder(), 'package.json');
}
