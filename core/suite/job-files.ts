import path from 'node:path';
import { installationFolder } from '../document/installation.js';
import { INSTALLATION_PREFIX, isInside, projectFolder, real } from '../document/input-files.js';

/** Names files as jobs do: relative to the project, or to the installation where that is nearer, so that they mean the same on every machine. */
export class JobFiles {
  private readonly installation = real(installationFolder());

  /** @param project absolute path of the project's folder. */
  private constructor(private readonly project: string) {}

  static ofScenario(file: string): JobFiles {
    return new JobFiles(real(projectFolder(path.dirname(path.resolve(file)))));
  }

  /** @param folder that the project's folder is named from. */
  static at(project: string, folder: string): JobFiles {
    return new JobFiles(real(path.resolve(folder, project)));
  }

  /** The project's folder as seen from another one. */
  projectFrom(folder: string): string {
    return slashes(path.relative(real(folder), this.project)) || '.';
  }

  nameOf(file: string): string {
    const resolved = real(path.resolve(file));
    // One may lie in the other: a project in a clone, an installation in the project's node_modules. The inner one names its files.
    const isInner = !isInside(resolved, this.project) || this.installation.length >= this.project.length;
    if (isInner && isInside(resolved, this.installation)) return `${INSTALLATION_PREFIX}${slashes(path.relative(this.installation, resolved))}`;
    return slashes(path.relative(this.project, resolved)) || '.';
  }

  fileOf(name: string): string {
    if (name.startsWith(INSTALLATION_PREFIX)) return path.join(this.installation, name.slice(INSTALLATION_PREFIX.length));
    return path.resolve(this.project, name);
  }
}

function slashes(file: string): string {
  return file.split(path.sep).join('/');
}
