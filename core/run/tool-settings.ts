import type { LoadedScenario } from '../scenario/loaded-scenario.js';
import { secondsLeft } from './progress.js';
import type { RunOptions } from './run-options.js';
import { StopWatch } from '../plugin/stop-watch.js';
import type { ToolSettings } from '../plugin/tool-contexts.js';

/** What the run's options and the scenario's limits mean for its tools. */
export function toolSettings(scenario: LoadedScenario, options: RunOptions): ToolSettings {
  const watch = new StopWatch({ startedAt: options.startedAt, shouldStop: options.shouldStop, maxWallSeconds: scenario.limits.maxWallSeconds });
  return {
    seed: scenario.seed,
    watch,
    onWarning: options.onWarning,
    onProgress: (_, done, total) => {
      const wallSeconds = watch.seconds;
      const left = secondsLeft(wallSeconds, done, total);
      options.progress?.emit('progress', {
        simulatedSeconds: 0,
        events: 0,
        eventsPerSecond: 0,
        operationsDone: done,
        ...(total === undefined ? {} : { operationsTotal: total }),
        wallSeconds,
        ...(left === undefined ? {} : { secondsLeft: left }),
      });
    },
  };
}
