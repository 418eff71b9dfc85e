import { RandomStream } from '../kernel/random.js';
import { extensionAccess, type ExtensionCatalogue } from './extension-access.js';
import { StopWatch } from './stop-watch.js';
import type { ToolContext } from './tool-context.js';

/** What the tools of one run share. */
export interface ToolSettings {
  readonly seed?: number;
  readonly shouldStop?: (() => boolean) | undefined;
  /** Seconds after which tools are asked to stop. */
  readonly maxWallSeconds?: number | undefined;
  /** The clock of the whole run; without it, one that begins with the contexts. */
  readonly watch?: StopWatch | undefined;
  readonly onWarning?: ((message: string) => void) | undefined;
  readonly onProgress?: ((tool: string, done: number, total?: number) => void) | undefined;
}

/** Makes the contexts of mappers, estimators, importers, exporters and crosschecks, and keeps what they warn of. */
export class ToolContexts {
  readonly warnings: string[] = [];
  readonly watch: StopWatch;

  constructor(
    private readonly catalogue: ExtensionCatalogue,
    private readonly settings: ToolSettings = {},
  ) {
    this.watch = settings.watch ?? new StopWatch(settings);
  }

  /** @param tool kind and name, e.g. `mapper layer-by-layer`. */
  for(tool: string): ToolContext {
    const { seed = 1, onProgress } = this.settings;
    this.watch.stage = tool;
    return {
      ...extensionAccess(this.catalogue, { owner: tool, seed }),
      seed,
      random: (name) => new RandomStream(seed, `${tool}/${name}`),
      shouldStop: () => this.watch.look() !== undefined,
      progress: (done, total) => onProgress?.(tool, done, total),
      warn: (message) => this.warn(`${tool}: ${message}`),
    };
  }

  warn(message: string): void {
    this.warnings.push(message);
    this.settings.onWarning?.(message);
  }
}
