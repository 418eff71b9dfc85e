/**
 * A name for one run: the scenario, then what was set, each by the last part of its path; two paths that end alike are written
 * whole. `resnet18 linkWidthBits=128`.
 */
export function runName(scenario: string, set: Readonly<Record<string, unknown>>): string {
  const paths = Object.keys(set);
  const last = (path: string): string => path.split('.').pop() ?? path;
  const label = (path: string): string => (paths.filter((other) => last(other) === last(path)).length > 1 ? path : last(path));
  return [scenario, ...paths.map((path) => `${label(path)}=${valueText(set[path])}`)].join(' ');
}

function valueText(value: unknown): string {
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value);
}
