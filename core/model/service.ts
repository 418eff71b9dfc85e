import type { ExtensionPoint, ExtensionReference } from './extension-point.js';

/**
 * Names something that plugins need and somebody provides, by its type `T`: the simulation's kernel, a table of energies, a service of
 * another plugin. A token is also the extension point at which providers register.
 */
export interface ServiceToken<T> extends ExtensionPoint<T> {
  /** The name under which a scenario binds it: `energy-table`. */
  readonly service: string;
}

/** @param service lower-case words joined by hyphens, e.g. `energy-table`. */
export function serviceToken<T>(service: string): ServiceToken<T> {
  return { name: servicePoint(service), service };
}

const PREFIX = 'service.';

export function servicePoint(service: string): string {
  return `${PREFIX}${service}`;
}

/** The service of a point; undefined for an ordinary point. */
export function serviceOf(point: string): string | undefined {
  return point.startsWith(PREFIX) ? point.slice(PREFIX.length) : undefined;
}

/** A need that may go unmet: the plugin then gets undefined. */
export interface OptionalNeed<T> {
  readonly optional: ServiceToken<T>;
}

export function optional<T>(token: ServiceToken<T>): OptionalNeed<T> {
  return { optional: token };
}

/** An extension that a parameter of the plugin's own configuration names. */
export interface ChosenNeed<T> {
  readonly point: ExtensionPoint<T>;
  readonly parameter: string;
  readonly builtIn?: ReadonlyMap<string, T> | undefined;
}

export function chosenBy<T>(parameter: string, point: ExtensionPoint<T>, builtIn?: ReadonlyMap<string, T>): ChosenNeed<T> {
  return { point, parameter, builtIn };
}

export type Need<T = unknown> = ServiceToken<T> | OptionalNeed<T> | ChosenNeed<T>;
export type Needs = Readonly<Record<string, Need>>;

type MetNeed<N> = N extends OptionalNeed<infer T> ? T | undefined : N extends ServiceToken<infer T> ? T : N extends ChosenNeed<infer T> ? T : never;

/** What a plugin with these needs gets, by the same names. */
export type Met<N extends Needs> = { readonly [K in keyof N]: MetNeed<N[K]> };

/** Providers by service: what a scenario writes under `bind`. */
export type Bindings = Readonly<Record<string, ExtensionReference>>;
