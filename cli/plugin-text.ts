import type { PluginDescription } from '../core/plugin/describe-plugin.js';

/** What `tessera plugin show` prints: one section for each thing that the plugin declares. */
export function pluginText(plugin: PluginDescription): string {
  const parts = [`${plugin.name} ${plugin.version} (${plugin.kind}, ${plugin.origin})\n${wrap(plugin.summary, 2)}`];
  const section = (title: string, lines: readonly string[]): void => {
    if (lines.length > 0) parts.push(`${title}\n${lines.join('\n')}`);
  };
  section(
    'Facts',
    Object.entries(plugin.facts).map(([name, value]) => `  ${name}: ${value}`),
  );
  section('Configuration (`with:`)', plugin.parameters.map(parameterText));
  section(
    'Ports',
    Object.entries(plugin.ports).map(([name, port]) =>
      entry(port.many === true ? `${name}0, ${name}1, ...` : name, `${port.role}${port.optional === true ? ', optional' : ''}: ${port.description}`),
    ),
  );
  section(
    'Statistics',
    Object.entries(plugin.statistics).map(([name, { unit, description, ratio }]) =>
      entry(`${name} [${unit}]${ratio === undefined ? '' : ` = ${ratio.join(' / ')}`}`, description),
    ),
  );
  section('Stall classes', stallLines(plugin.stallClasses));
  section(
    'Probes',
    Object.entries(plugin.probes).map(([name, { type, description }]) => entry(`${name} (${type})`, description)),
  );
  section(
    'Sources',
    plugin.sources.map((source) => wrap(`- ${source}`, 2)),
  );
  return parts.join('\n\n');
}

function stallLines(classes: PluginDescription['stallClasses']): string[] {
  return Object.entries(classes).map(([name, { role, on, description }]) => entry(`${name} (${on === undefined ? role : `${role} on ${on}`})`, description));
}

function parameterText(parameter: PluginDescription['parameters'][number]): string {
  const unit = parameter.unit === undefined ? '' : ` [${parameter.unit}]`;
  const value = parameter.required ? 'required' : parameter.default === undefined ? 'optional' : `default ${JSON.stringify(parameter.default)}`;
  const source = parameter.source === undefined ? '' : ` Source: ${parameter.source}.`;
  return entry(`${parameter.path}${unit}`, `${parameter.accepts}; ${value}. ${sentence(parameter.description)}${source}`);
}

/** Ends with a full stop, so that what follows is a sentence of its own. */
function sentence(text: string): string {
  return text === '' || /[.!?]$/.test(text) ? text : `${text}.`;
}

function entry(head: string, text: string): string {
  return `  ${head}\n${wrap(text, 6)}`;
}

/** Breaks text at 98 columns, indented. */
export function wrap(text: string, indent: number): string {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/)) {
    if (line !== '' && line.length + word.length + 1 > 98 - indent) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line].map((part) => ' '.repeat(indent) + part).join('\n');
}
