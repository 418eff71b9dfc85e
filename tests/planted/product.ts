import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { InputError } from '../../core/errors.js';
import { extensionAccess } from '../../core/plugin/extension-access.js';
import { PluginRegistry } from '../../core/plugin/registry.js';
import { checkPrepared } from '../../core/run/check.js';
import { prepare, type PreparedRun } from '../../core/run/prepare.js';
import { parseSchedule } from '../../core/run/schedule-file.js';
import { Simulation } from '../../core/run/simulation.js';
import { loadScenario } from '../../core/scenario/load.js';
import type { ExecutionObserver } from '../../core/schedule/execute/executor.js';
import { collectiveAlgorithms } from '../../core/schedule/form/collective.js';
import { type AlgorithmSource, expandCollectives } from '../../core/schedule/form/expand.js';
import { replayable } from '../../core/schedule/form/replayable.js';
import { builtinPlugins } from '../../plugins/index.js';
import { temporaryFolder } from '../temporary-folder.js';
import type { Times } from './interpreter/judge.js';
import { documentOf, idOf, type Plan } from './schedule-text.js';

/** What the simulator says of a schedule. */
export interface Verdict {
  readonly kind: 'legal' | 'illegal' | 'bad input' | 'crash';
  /** Rules of violations, or the message. */
  readonly rules: readonly string[];
  readonly messages: readonly string[];
  /** Of a run that came to its end. */
  readonly times?: Times;
  /** What a check without time reports. */
  readonly checked?: readonly string[];
}

/** More events than any of the small schedules has. */
const MOST_EVENTS = 1_000_000;

/** A machine of scenarios/machines, described once. */
interface Bed {
  readonly prepared: PreparedRun;
  readonly algorithms: AlgorithmSource;
}

/** Runs plans on the machines of scenarios/machines, as `tessera run` does, without making a result document of each. */
export class Product {
  private readonly folder = temporaryFolder('planted');
  private readonly builtins = new PluginRegistry(builtinPlugins);
  private readonly beds = new Map<string, Bed>();

  async run(plan: Plan, document = documentOf(plan)): Promise<Verdict> {
    const { prepared, algorithms } = await this.bed(plan.machine);
    const spans = new Map<number, Span>();
    const observer: ExecutionObserver = {
      operationStarted: () => undefined,
      operationFinished: (record) =>
        void spans.set(record.id, { start: record.issueTick, end: record.endTick, kind: record.form.kind, queue: record.form.queue }),
      occupancyChanged: () => undefined,
    };
    try {
      const written = parseSchedule(JSON.stringify(document), 'case.json');
      const schedule = replayable(expandCollectives(written, algorithms));
      const checked = [...new Set(checkPrepared({ ...prepared, schedule }).violations.map(({ rule }) => rule))];
      const { machine, executor } = start({ ...prepared, schedule }, observer);
      const ranDry = machine.kernel.run(MOST_EVENTS);
      const { count, kept } = executor.violations;
      const rules = [...new Set(kept.map(({ rule }) => rule))];
      const messages = kept.slice(0, 3).map(({ rule, message }) => `${rule}: ${message}`);
      if (!executor.isDone)
        return { kind: 'crash', rules: [ranDry ? 'deadlock' : 'endless'], messages: [...messages, JSON.stringify(machine.kernel.deadlock()).slice(0, 300)] };
      machine.finish();
      return { kind: count > 0 ? 'illegal' : 'legal', rules, messages, times: timesOf(plan, spans), checked };
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      if (error instanceof InputError) return { kind: 'bad input', rules: ['bad input'], messages: [message] };
      return { kind: 'crash', rules: [error instanceof Error ? error.name : 'thrown'], messages: [message, (error as Error).stack?.split('\n')[1] ?? ''] };
    }
  }

  private async bed(name: string): Promise<Bed> {
    const known = this.beds.get(name);
    if (known !== undefined) return known;
    const file = path.join(this.folder, `${name}.yaml`);
    const empty = { tesseraSchedule: 1, name: 'empty', tensors: {}, buffers: {}, operations: [] };
    writeFileSync(path.join(this.folder, 'empty.schedule.json'), JSON.stringify(empty));
    writeFileSync(file, `tessera: 1\nname: ${name}\nmachine: { include: "tessera:scenarios/machines/${name}.yaml" }\nschedule: empty.schedule.json\n`);
    const { scenario, registry } = await loadScenario(file, this.builtins);
    const access = extensionAccess(registry, { owner: 'schedule', seed: scenario.seed });
    const bed: Bed = { prepared: await prepare(scenario, registry), algorithms: (reference, at) => access.extension(collectiveAlgorithms, reference, { at }) };
    this.beds.set(name, bed);
    return bed;
  }

  close(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

function start(prepared: PreparedRun, observer: ExecutionObserver): Simulation {
  const simulation = new Simulation(prepared, { observers: [observer] });
  simulation.start();
  return simulation;
}

interface Span {
  readonly start: number;
  readonly end: number;
  readonly kind: string;
  readonly queue: string;
}

/** Ids of a run are those of the file, but a collective stands for many operations, the last of them its `sync`. */
function timesOf(plan: Plan, spans: ReadonlyMap<number, Span>): Times {
  const start: number[] = [];
  const end: number[] = [];
  let shift = 0;
  plan.operations.forEach((operation, position) => {
    const id = idOf(plan, position) + shift;
    let last = id;
    if (operation.kind === 'collective') while (!isEnd(spans.get(last), operation.queue)) last++;
    // Which of a collective's operations touch what is its algorithm's business: only what holds for all of them is certain.
    const all = Array.from({ length: last - id + (last === id ? 1 : 0) }, (_, i) => spans.get(id + i)!);
    start.push(Math.max(...all.map((span) => span.start)));
    end.push(Math.min(...all.map((span) => span.end)));
    shift += last - id;
  });
  return { start, end };
}

function isEnd(span: Span | undefined, queue: string): boolean {
  if (span === undefined) throw new Error('an operation has not been recorded');
  return span.kind === 'sync' && span.queue === queue;
}
