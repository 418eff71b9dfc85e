import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Plugin } from '../../core/index.js';

/** Every page of the documentation, relative to the repository, sorted. */
export function documentationPages(): string[] {
  const below = readdirSync('docs', { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.md'));
  return ['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', ...below.map((file) => path.posix.join('docs', file.replaceAll(path.sep, '/')))].sort();
}

const HARDWARE: readonly string[] = ['core', 'memory', 'network', 'link', 'dma', 'pim'];

/** Where the page of a plugin is: docs/models for hardware, docs/plugins/KIND for tools, and by extension point for extensions. */
export function pageOf(plugin: Plugin): string {
  if (HARDWARE.includes(plugin.kind)) return `docs/models/${plugin.name}.md`;
  return `docs/plugins/${plugin.kind === 'extension' ? folderOfPoint(plugin.point.name) : `${plugin.kind}s`}/${plugin.name}.md`;
}

function folderOfPoint(name: string): string {
  if (name === 'schedule.collective') return 'collectives';
  if (name.startsWith('service.')) return 'services';
  throw new Error(`no folder of docs/plugins holds the pages of extensions at '${name}'; name it here`);
}

/** The text under a heading of the second level, up to the next one; empty when there is none. */
export function sectionOf(text: string, heading: string): string {
  const [, rest = ''] = text.split(`\n## ${heading}\n`);
  return rest.split('\n## ')[0] as string;
}

/** Parameters that a page names: everything in code type, and on the pages that its section `Parameters` refers to. */
export function namedParameters(page: string): Set<string> {
  const text = readFileSync(page, 'utf8');
  const referred = [...sectionOf(text, 'Parameters').matchAll(/\]\(([^)#]+\.md)(#[^)]*)?\)/g)].map(([, target]) =>
    path.join(path.dirname(page), target as string),
  );
  const code = [page, ...referred].flatMap((file) => [...readFileSync(file, 'utf8').matchAll(/`([^`\n]+)`/g)].map(([, span]) => span as string));
  return new Set(code.flatMap((span) => span.split(/[^A-Za-z0-9_]+/)));
}

export interface ParameterRow {
  readonly name: string;
  readonly defaultText: string;
  readonly unit: string;
}

/** Rows of the tables `| parameter | default | unit | meaning |`. */
export function parameterRows(text: string): ParameterRow[] {
  return [...sectionOf(text, 'Parameters').matchAll(/^\| `(\w+)` \| (.*?) \|(.*?)\|/gm)].map(([, name, defaultText, unit]) => ({
    name: name as string,
    defaultText: defaultText as string,
    unit: (unit as string).trim(),
  }));
}
