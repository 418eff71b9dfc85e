/**
 * A place where other plugins join in: DRAM schedulers, network topologies, number formats. The owner of the point states
 * the interface `T` in its `api.ts`; others register named values with a plugin of kind `extension`.
 */
export interface ExtensionPoint<T> {
  /** E.g. `noc-flit.routing`. */
  readonly name: string;
  /** Never set: carries the type. */
  readonly type?: T;
}

export function extensionPoint<T>(name: string): ExtensionPoint<T> {
  return { name };
}

export interface ExtensionPlugin<T = unknown> {
  readonly kind: 'extension';
  /** The name under which the value is found at its point. */
  readonly name: string;
  readonly version: string;
  readonly summary: string;
  readonly point: ExtensionPoint<T>;
  readonly value: T;
}
