import { definePlugin, InputError, scheduleContent, type ExportedFile, type RunResult, type ScheduleResult } from 'tessera-sim';

interface ScheduleConfig {
  readonly form: 'ndjson' | 'yaml' | 'json';
}

export const scheduleExporter = definePlugin<ScheduleConfig>({
  kind: 'exporter',
  name: 'schedule',
  version: '1.0.0',
  summary: "The schedule that was executed, in Tessera's own form: it runs again (`schedule: FILE`) to the same times",
  sources: ['docs/schedule.md'],
  configSchema: {
    type: 'object',
    additionalProperties: false,
    properties: {
      form: { enum: ['ndjson', 'yaml', 'json'], default: 'ndjson', description: 'An operation on a line, or a document to read and to edit' },
    },
  },
  needsTrace: false,
  needsSchedule: true,
  export: (results, { form }) => results.filter((result) => result.kind === 'schedule').map((result) => scheduleFile(result, results, form)),
});

function scheduleFile(result: ScheduleResult, all: readonly RunResult[], form: ScheduleConfig['form']): ExportedFile {
  if (result.schedule === undefined)
    throw new InputError({ path: 'outputs', message: `the result of '${result.name}' holds no schedule`, expected: 'the result of a run in this process' });
  const prefix = all.length === 1 ? '' : `${result.name.replaceAll(/[^\w.=-]+/g, '_')}.`;
  const name = `${prefix}schedule.${form}`;
  return { name, content: scheduleContent(result.schedule, name) };
}

export default scheduleExporter;
