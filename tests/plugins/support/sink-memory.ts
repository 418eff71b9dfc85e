import { TrafficClass, type BlockPlugin, type Port } from '../../../core/index.js';

/** A memory that takes writes and never answers, so that only one way of what is in front of it is used. */
export interface SinkMemory {
  readonly plugin: BlockPlugin;
  /** When each message came. */
  readonly arrivalTicks: number[];
}

export function sinkMemory(): SinkMemory {
  const arrivalTicks: number[] = [];
  const plugin: BlockPlugin = {
    kind: 'memory',
    name: 'sink-memory',
    version: '1.0.0',
    summary: 'Takes everything, answers nothing',
    configSchema: { type: 'object' },
    ports: { port: { description: 'Writes', role: 'target', many: true } },
    statistics: {},
    describe: () => ({ kind: 'other' }),
    create: ({ kernel, transactions }) => ({
      onArrival: (port: Port): void => {
        for (let message = port.take(TrafficClass.request); message !== undefined; message = port.take(TrafficClass.request)) {
          arrivalTicks.push(kernel.now);
          transactions.release(message);
        }
      },
    }),
  };
  return { plugin, arrivalTicks };
}
