/**
 * A name for one run: the scenario, then what was set, by path without the words that every path has.
 * `machine.core0.pe.with.rows` = 8 of scenario `resnet18` is `resnet18 core0.pe.rows=8`.
 */
export function runName(scenario: string, set: Readonly<Record<string, unknown>>): string {
  return [scenario, ...Object.entries(set).map(([path, value]) => `${shortPath(path)}=${valueText(value)}`)].join(' ');
}

function shortPath(path: string): string {
  return path
    .replace(/^machine\./, '')
    .split('.')
    .filter((part) => part !== 'with')
    .join('.');
}

function valueText(value: unknown): string {
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value);
}
