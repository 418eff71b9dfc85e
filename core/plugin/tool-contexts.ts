import { RandomStream } from '../kernel/random.js';
import { extensionAccess, type ExtensionCatalogue } from './extension-access.js';
import type { ToolContext } from './tool-context.js';

/** What the tools of one run share. */
export interface ToolSettings {
  readonly seed?: number;
  readonly shouldStop?: (() => boolean) | undefined;
  /** Seconds after which tools are asked to stop. */
  readonly maxWallSeconds?: number | undefined;
  readonly onWarning?: ((message: string) => void) | undefined;
  readonly onProgress?: ((tool: string, done: number, total?: number) => void) | undefined;
}

/** Makes the contexts of mappers, estimators, importers, exporters and crosschecks, and keeps what they warn of. */
export class ToolContexts {
  readonly warnings: string[] = [];
  /** Why a tool has been asked to stop; undefined while none has been. */
  endedBy: 'interrupted' | 'maxWallSeconds' | undefined;
  private readonly startedAt = performance.now();

  constructor(
    private readonly catalogue: ExtensionCatalogue,
    private readonly settings: ToolSettings = {},
  ) {}

  /** @param tool kind and name, e.g. `mapper layer-by-layer`. */
  for(tool: string): ToolContext {
    const { seed = 1, onProgress } = this.settings;
    return {
      ...extensionAccess(this.catalogue, { owner: tool, seed }),
      seed,
      random: (name) => new RandomStream(seed, `${tool}/${name}`),
      shouldStop: () => this.shouldStop(),
      progress: (done, total) => onProgress?.(tool, done, total),
      warn: (message) => this.warn(`${tool}: ${message}`),
    };
  }

  warn(message: string): void {
    this.warnings.push(message);
    this.settings.onWarning?.(message);
  }

  private shouldStop(): boolean {
    const { shouldStop, maxWallSeconds = Infinity } = this.settings;
    if (shouldStop?.() === true) this.endedBy = 'interrupted';
    else if ((performance.now() - this.startedAt) / 1000 > maxWallSeconds) this.endedBy = 'maxWallSeconds';
    return this.endedBy !== undefined;
  }
}
