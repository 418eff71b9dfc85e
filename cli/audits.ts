import { kindOfNamedFile } from '../core/document/file-kind.js';
import type { RecordAudit } from '../core/reference/audit-records.js';
import { registryWith, type LoadFlags } from './engine.js';
import { settingsOf } from './import-settings.js';
import type { Interrupt } from './interrupt.js';
import { loadRequested } from './run-scenario.js';

export interface AuditRequest {
  readonly files: readonly string[];
  readonly flags: LoadFlags & { readonly [name in 'from' | 'filter']?: string | undefined } & {
    readonly [name in 'with' | 'plugin']?: readonly string[] | undefined;
  };
  readonly onWarning: (message: string) => void;
}

/** Scenarios and record files each for itself; all other files together, as another tool's. */
export async function auditsOf({ files, flags, onWarning }: AuditRequest, interrupt: Interrupt): Promise<RecordAudit[]> {
  const of = (kind: ReturnType<typeof kindOfNamedFile>): string[] => files.filter((file) => kindOfNamedFile(file) === kind);
  const audits: RecordAudit[] = [];
  for (const file of of('scenario')) {
    const { auditScenario } = await import('../core/run/audit.js');
    const { scenario, registry } = await loadRequested({ file, flags }, interrupt);
    audits.push({ id: scenario.name, audit: await auditScenario(scenario, registry) });
  }
  const [records, foreign] = [of('records'), of('foreign')];
  if (records.length + foreign.length === 0) return audits;
  const registry = await registryWith(flags.plugin ?? []);
  const { auditRecords } = await import('../core/reference/audit-records.js');
  for (const file of records) audits.push(...(await auditRecords(file, registry, flags.filter)));
  if (foreign.length === 0) return audits;
  const { auditImport } = await import('../core/run/audit.js');
  const importer = flags.from === undefined ? {} : { importer: flags.from };
  const audit = await auditImport(foreign, registry, { ...importer, config: settingsOf(flags.with ?? []), onWarning });
  return [...audits, { id: audit.name, audit }];
}
