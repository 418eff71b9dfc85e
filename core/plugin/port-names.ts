import type { BlockPlugin, PortDeclaration } from './block-plugin.js';

/** Whether a port is one of the numbered ports of a declaration with `many`: `node` has `node0`, `node1`, ... (at most six digits). */
export function isNumbered(port: string, stem: string): boolean {
  return port.startsWith(stem) && /^(0|[1-9]\d{0,5})$/.test(port.slice(stem.length));
}

/** Numbered ports of a declaration in the order of their numbers. */
export function numberedPorts<T>(ports: readonly T[], stem: string, nameOf: (port: T) => string): T[] {
  const numberOf = (port: T): number => Number(nameOf(port).slice(stem.length));
  return ports.filter((port) => isNumbered(nameOf(port), stem)).sort((a, b) => numberOf(a) - numberOf(b));
}

/** The declaration that a port of this name belongs to; undefined when the plugin has none. */
export function portDeclaration(plugin: BlockPlugin, port: string): PortDeclaration | undefined {
  for (const [name, declaration] of Object.entries(plugin.ports)) {
    if (declaration.many === true ? isNumbered(port, name) : port === name) return declaration;
  }
  return undefined;
}

/** Names to propose for a port: of numbered ports the first two. */
export function proposedPortNames(plugin: BlockPlugin): string[] {
  return Object.entries(plugin.ports).flatMap(([name, port]) => (port.many === true ? [`${name}0`, `${name}1`] : [name]));
}
