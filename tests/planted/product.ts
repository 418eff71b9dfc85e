import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { InputError } from '../../core/errors.js';
import { PluginRegistry } from '../../core/plugin/registry.js';
import { runSchedule } from '../../core/run/run.js';
import { loadScenario, type LoadResult } from '../../core/scenario/load.js';
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
}

/** Runs plans on the machines of scenarios/machines, as `tessera run` does. */
export class Product {
  private readonly folder = temporaryFolder('planted');
  private readonly builtins = new PluginRegistry(builtinPlugins);
  private readonly machines = new Map<string, LoadResult>();

  async run(plan: Plan, document = documentOf(plan)): Promise<Verdict> {
    const { scenario, registry } = await this.machine(plan.machine);
    const file = path.join(this.folder, 'case.schedule.json');
    writeFileSync(file, JSON.stringify(document));
    const spans = new Map<number, { start: number; end: number; kind: string; queue: string }>();
    try {
      const result = await runSchedule({ ...scenario, schedule: { ...scenario.schedule!, file } }, registry, {
        observers: [
          {
            operationStarted: () => undefined,
            operationFinished: (record) =>
              void spans.set(record.id, { start: record.issueTick, end: record.endTick, kind: record.form.kind, queue: record.form.queue }),
            occupancyChanged: () => undefined,
          },
        ],
      });
      const rules = [...new Set(result.violations.map(({ rule }) => rule))];
      const messages = result.violations.slice(0, 3).map(({ rule, message }) => `${rule}: ${message}`);
      if (result.violationCount > 0) return { kind: 'illegal', rules, messages, times: timesOf(plan, spans) };
      if (result.outcome === 'finished') return { kind: 'legal', rules, messages, times: timesOf(plan, spans) };
      return { kind: 'crash', rules: [result.outcome], messages: [JSON.stringify(result.deadlock ?? result.bound).slice(0, 300)] };
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      if (error instanceof InputError) return { kind: 'bad input', rules: ['bad input'], messages: [message] };
      return { kind: 'crash', rules: [error instanceof Error ? error.name : 'thrown'], messages: [message, (error as Error).stack?.split('\n')[1] ?? ''] };
    }
  }

  private async machine(name: string): Promise<LoadResult> {
    let loaded = this.machines.get(name);
    if (loaded !== undefined) return loaded;
    mkdirSync(this.folder, { recursive: true });
    const file = path.join(this.folder, `${name}.yaml`);
    writeFileSync(path.join(this.folder, 'case.schedule.json'), '{}');
    writeFileSync(file, `tessera: 1\nname: ${name}\nmachine: { include: "tessera:scenarios/machines/${name}.yaml" }\nschedule: case.schedule.json\n`);
    loaded = await loadScenario(file, this.builtins);
    this.machines.set(name, loaded);
    return loaded;
  }

  close(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Ids of a run are those of the file, but a collective stands for many operations, the last of them its `sync`. */
function timesOf(plan: Plan, spans: ReadonlyMap<number, { start: number; end: number; kind: string; queue: string }>): Times {
  const start: number[] = [];
  const end: number[] = [];
  let shift = 0;
  plan.operations.forEach((operation, position) => {
    const id = idOf(plan, position) + shift;
    let last = id;
    if (operation.kind === 'collective') while (!isEnd(spans.get(last), operation.queue)) last++;
    const all = Array.from({ length: last - id + 1 }, (_, i) => spans.get(id + i)!);
    start.push(Math.min(...all.map((span) => span.start)));
    end.push(Math.max(...all.map((span) => span.end)));
    shift += last - id;
  });
  return { start, end };
}

function isEnd(span: { kind: string; queue: string } | undefined, queue: string): boolean {
  if (span === undefined) throw new Error('an operation has not been recorded');
  return span.kind === 'sync' && span.queue === queue;
}
