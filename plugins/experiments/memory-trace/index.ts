import { InputError, RandomStream, definePlugin, type ExperimentControl, type ExperimentFigures } from 'tessera-sim';
import {
  CommandRecorder,
  allLatencies,
  bankTable,
  channelTable,
  checkerFor,
  clockPicoseconds,
  collectExtensions,
  energyOfRun,
  latencyTable,
  pluginTables,
  readTextTrace,
  referenceCommands,
  referenceMetrics,
  resolveDram,
  runTrace,
  specificationOf,
  traceOf,
  type CommandChecker,
  type CommandObserver,
  type DramSystem,
  type LineTrace,
  type TextTrace,
  type TraceRun,
} from 'tessera-sim/dram';
import { runOnBlock } from './block-trace.js';
import { memoryTraceSchema, type MemoryTraceConfig } from './schema.js';

/** `kind: memory-trace`: addresses on a DRAM alone, or on any memory plugin. */
const memoryTraceExperiment = definePlugin<MemoryTraceConfig>({
  kind: 'experiment',
  name: 'memory-trace',
  version: '1.0.0',
  summary: 'Runs a memory trace (formula or file) on a DRAM alone, or on any memory plugin',
  sources: ['docs/models/dram.md'],
  configSchema: memoryTraceSchema,
  run: (config, control) => Promise.resolve(runMemoryTrace(config, control)),
});

function runMemoryTrace(config: MemoryTraceConfig, control: ExperimentControl): ExperimentFigures {
  if (config.block !== undefined) return runOnBlock(config, config.block, control, (lineBytes) => openTrace(config, lineBytes, control));
  const extensions = collectExtensions(control, config.memory);
  const specification = specificationOf(config.memory, extensions);
  const trace = openTrace(config, resolveDram(specification, extensions).lineBytes, control);
  const watch = new Watch(config);
  const options = {
    perCycle: config.linesPerCycle,
    burst: config.burst,
    gapCycles: config.gapCycles,
    maxCycles: config.maxCycles,
    dueCycles: (trace as Partial<TextTrace>).cycles,
    shouldStop: (accepted: number, cycle: number) => {
      control.progress({ simulatedSeconds: cycle * 1e-9, events: accepted, done: accepted, total: trace.length });
      return control.shouldStop();
    },
  };
  const run = runTrace(
    specification,
    trace,
    options,
    (system) => watch.attach(system),
    extensions,
    (name) => new RandomStream(control.seed, name),
  );
  const result = resultOf(run, watch);
  control.progress({ simulatedSeconds: result.metrics['seconds']!, events: commandCount(run), done: run.driver.accepted, total: trace.length });
  return result;
}

function openTrace(config: MemoryTraceConfig, lineBytes: number, control: ExperimentControl): LineTrace {
  const { kind, file } = config.trace;
  if ((kind === undefined) === (file === undefined)) {
    throw new InputError([{ path: 'trace', message: 'names a formula or a file, and only one of them', expected: '`kind` with `n`, or `file`' }]);
  }
  if (file !== undefined) {
    const beside = Object.keys(config.trace).filter((name) => name !== 'file' && config.trace[name] !== undefined);
    if (beside.length > 0) {
      throw new InputError([{ path: `trace.${beside[0]}`, message: `means nothing beside \`file\`: the file says every access`, expected: 'only `file`' }]);
    }
    const text = new TextDecoder().decode(control.readFile(file));
    return readTextTrace(text, lineBytes, file);
  }
  return traceOf(String(kind), config.trace) as LineTrace;
}

/** Checkers and the recorder of a run, as the configuration asks for them. */
class Watch {
  readonly checkers: CommandChecker[] = [];
  recorder: CommandRecorder | undefined;

  constructor(private readonly config: MemoryTraceConfig) {}

  attach(system: DramSystem): void {
    system.channels.forEach((channel, index) => {
      const observers: CommandObserver[] = [];
      if (this.config.checkCommands) {
        const checker = checkerFor(system.resolved);
        this.checkers.push(checker);
        observers.push(checker);
      }
      if (index === 0 && this.config.keepCommands > 0) {
        this.recorder = new CommandRecorder(this.config.keepCommands);
        observers.push(this.recorder);
      }
      if (observers.length === 0) return;
      channel.observer = { command: (code, bank, row, tick) => observers.forEach((one) => one.command(code, bank, row, tick)) };
    });
  }
}

function resultOf(run: TraceRun, watch: Watch): ExperimentFigures {
  const { resolved } = run.system;
  const tickPs = clockPicoseconds(resolved) / resolved.ticksPerClock;
  const latencies = allLatencies(run.system);
  const energy = energyOfRun(run);
  const metrics: Record<string, number> = {
    cycles: run.totalCycles,
    ...referenceMetrics(run),
    seconds: run.totalCycles * tickPs * 1e-12,
    p50_read_latency_cycles: latencies.latencyPercentile(0.5),
    p99_read_latency_cycles: latencies.latencyPercentile(0.99),
    accepted: run.driver.accepted,
  };
  for (const [name, count] of Object.entries(referenceCommands(run))) metrics[`commands.${name}`] = count;
  if (energy !== undefined) metrics['energy_pJ'] = (energy.total * clockPicoseconds(resolved)) / 1000;
  if (watch.checkers.length > 0) metrics['violations'] = watch.checkers.reduce((sum, checker) => sum + checker.violations.length, 0);
  return {
    metrics,
    units: { cycles: 'ticks of the controller', seconds: 's', bandwidth_GBps: 'GB/s', energy_pJ: 'pJ' },
    tables: {
      latency: [latencyTable(run.system)],
      channels: channelTable(run.system),
      banks: bankTable(run.system),
      ...pluginTables(run.system),
      ...(watch.checkers.length > 0 ? { violations: watch.checkers.flatMap(({ violations }) => violations.map((one) => ({ ...one }))) } : {}),
      ...(watch.recorder === undefined ? {} : { commands: watch.recorder.rows(resolved.topology, resolved.commands) }),
    },
  };
}

function commandCount(run: TraceRun): number {
  return Object.values(referenceCommands(run)).reduce((sum, count) => sum + count, 0);
}

export default memoryTraceExperiment;
