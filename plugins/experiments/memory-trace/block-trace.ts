import { buildMachine, InputError, type BlockPlugin, type BlockUse, type ExperimentControl, type ExperimentFigures, type Machine } from 'tessera-sim';
import type { LineTrace, TextTrace } from 'tessera-sim/dram';
import type { MemoryTraceConfig } from './schema.js';
import { backingMemory, TraceDriver, traceDriver, type DriverSettings } from './trace-driver.js';

const CLOCK_HZ = 1e9;
const EVENTS_PER_SLICE = 100_000;

/**
 * A trace on a memory plugin, by its contract alone: a requester at its first target port, and behind each port that asks (a cache has
 * one) a memory that answers at once. Line sizes and cycles are those of the experiment: 1 GHz.
 */
export function runOnBlock(config: MemoryTraceConfig, block: BlockUse, control: ExperimentControl, open: (lineBytes: number) => LineTrace): ExperimentFigures {
  if (config.checkCommands || config.keepCommands > 0) {
    throw new InputError({
      path: 'block',
      message: 'commands are seen where `memory` describes a DRAM',
      expected: 'no `checkCommands` and no `keepCommands` beside `block`',
    });
  }
  const machine = machineAround(block, control);
  const facts = machine.description.block('memory')!.facts;
  const forwards = 'forwards' in facts && facts.forwards === true;
  const trace = open(config.lineBytes);
  const capacity = facts.kind === 'memory' && !forwards ? facts.capacityBytes : Infinity;
  const lines = Number.isFinite(capacity) ? Math.floor(capacity / config.lineBytes) : Number.MAX_SAFE_INTEGER;
  if (lines < 1) throw new InputError({ path: 'lineBytes', message: `the memory holds ${capacity} bytes, less than a line of ${config.lineBytes}` });
  const driver = machine.block('driver') as TraceDriver;
  const settings: DriverSettings = {
    trace,
    target: machine.directory.idOf(forwards ? 'behind0' : 'memory'),
    lineBytes: config.lineBytes,
    lines,
    perCycle: config.linesPerCycle,
    burst: config.burst,
    gapCycles: config.gapCycles,
    dueCycles: (trace as Partial<TextTrace>).cycles,
  };
  machine.start();
  driver.begin(settings);
  drive(machine, driver, config, trace.length, control);
  return figures(machine, driver, config.lineBytes);
}

function drive(machine: Machine, driver: TraceDriver, { maxCycles }: MemoryTraceConfig, total: number, control: ExperimentControl): void {
  const { kernel, description } = machine;
  const maxTick = description.referenceClock.tickOf(maxCycles);
  for (;;) {
    const isDone = machine.run({ maxEvents: EVENTS_PER_SLICE, maxTick });
    control.progress({ simulatedSeconds: kernel.now / 1e12, events: kernel.eventCount, done: driver.answered, total });
    if (isDone || driver.answered === total || control.shouldStop()) break;
  }
  if (driver.answered < total && kernel.pendingEvents === 0) {
    throw new InputError({
      path: 'block',
      message: `the memory stopped after ${driver.answered} of ${total} accesses: ${driver.sent - driver.answered} were never answered`,
    });
  }
}

function machineAround(block: BlockUse, control: ExperimentControl): Machine {
  const plugin = control.catalogue.blocks().find(({ name }) => name === block.use);
  if (plugin === undefined) throw new InputError({ path: 'block.use', message: `there is no block '${block.use}'`, expected: 'the name of a memory plugin' });
  const [entry] = portsOf(plugin, 'target');
  if (entry === undefined) throw new InputError({ path: 'block.use', message: `'${plugin.name}' has no port that takes requests`, expected: 'a memory' });
  const exits = portsOf(plugin, 'initiator');
  return buildMachine({
    name: 'memory-trace',
    clocks: { clock: CLOCK_HZ },
    seed: control.seed,
    extensions: control.catalogue,
    blocks: [
      { path: 'memory', plugin, clock: 'clock', ...(block.with === undefined ? {} : { config: block.with }) },
      { path: 'driver', plugin: traceDriver, clock: 'clock' },
      ...exits.map((_, index) => ({ path: `behind${index}`, plugin: backingMemory, clock: 'clock' })),
    ],
    connections: [{ from: 'driver.memory', to: `memory.${entry}` }, ...exits.map((exit, index) => ({ from: `memory.${exit}`, to: `behind${index}.port` }))],
  });
}

/** Ports of a role, the first of each numbered family. */
function portsOf(plugin: BlockPlugin, role: 'target' | 'initiator'): string[] {
  return Object.entries(plugin.ports).flatMap(([name, port]) =>
    port.role === role || (role === 'target' && port.role === 'both') ? [port.many === true ? `${name}0` : name] : [],
  );
}

function figures(machine: Machine, driver: TraceDriver, lineBytes: number): ExperimentFigures {
  const { referenceClock } = machine.description;
  const cycles = referenceClock.cyclesIn(driver.lastAnswerTick);
  const seconds = driver.lastAnswerTick / 1e12;
  machine.finish(driver.lastAnswerTick);
  const { statistics } = machine.built('memory');
  const report = Object.entries(machine.block('memory').report?.() ?? {});
  const isTable = (value: unknown): value is readonly Readonly<Record<string, unknown>>[] =>
    Array.isArray(value) && value.every((row) => typeof row === 'object' && row !== null);
  return {
    metrics: {
      cycles,
      total_cycles: cycles,
      seconds,
      bandwidth_GBps: seconds === 0 ? 0 : (driver.answered * lineBytes) / seconds / 1e9,
      avg_read_latency_cycles: driver.readLatency.mean,
      p50_read_latency_cycles: driver.readLatency.percentile(0.5),
      p99_read_latency_cycles: driver.readLatency.percentile(0.99),
      reads: driver.reads,
      writes: driver.sent - driver.reads,
      accepted: driver.sent,
      ...Object.fromEntries(Object.entries(statistics).map(([name, value]) => [`memory.${name}`, value])),
    },
    units: { cycles: 'cycles', seconds: 's', bandwidth_GBps: 'GB/s' },
    tables: Object.fromEntries(report.filter(([, value]) => isTable(value)) as [string, readonly Readonly<Record<string, unknown>>[]][]),
  };
}
