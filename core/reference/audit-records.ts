import { auditOf, type Audit } from '../analysis/audit/audit.js';
import { InputError } from '../errors.js';
import type { PluginRegistry } from '../plugin/registry.js';
import { ToolContexts } from '../plugin/tool-contexts.js';
import { toolFailure } from '../run/call-tool.js';
import { readRecords } from './crosscheck.js';

export interface RecordAudit {
  readonly id: string;
  readonly audit?: Audit;
  /** Why there is none. */
  readonly failed?: string;
}

/** Holds the estimate of each record of a reference file against what its mapping or schedule demands of its machine. */
export async function auditRecords(file: string, registry: PluginRegistry, filter?: string): Promise<readonly RecordAudit[]> {
  const { plugin, records } = readRecords(file, registry, filter);
  const { audit } = plugin;
  if (audit === undefined)
    throw new InputError({ file, path: 'kind', message: `records of kind '${plugin.recordKind}' hold no mapping whose demands could be worked out` });
  const audits: RecordAudit[] = [];
  for (const record of records) {
    const contexts = new ToolContexts(registry);
    try {
      audits.push({ id: record.id, audit: auditOf(await audit.call(plugin, record, contexts.for(`crosscheck ${plugin.name}`))) });
    } catch (error) {
      audits.push({ id: record.id, failed: toolFailure(error, registry, { kind: 'crosscheck', name: plugin.name, place: {} }).message });
    }
  }
  return audits;
}
