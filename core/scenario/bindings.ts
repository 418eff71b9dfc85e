import type { SourcePlace } from '../errors.js';
import type { JsonSchema } from '../document/json-schema.js';
import { isPlainObject } from '../document/places.js';
import { serviceToken, type Bindings } from '../model/service.js';
import { completeExtensions, extensionReference } from '../plugin/extension-schema.js';
import type { PluginRegistry } from '../plugin/registry.js';
import type { LoadTools } from './load-tools.js';
import type { LoadedScenario } from './loaded-scenario.js';

/** `bind: { SERVICE: NAME or { use, with } }`: each provider and its configuration checked where it is written. */
export function readBindings(
  document: Record<string, unknown>,
  registry: PluginRegistry,
  tools: LoadTools,
): Required<Pick<LoadedScenario, 'bindings' | 'bindingPlaces'>> | undefined {
  const written = document['bind'];
  if (!isPlainObject(written)) return undefined;
  const { places, problems } = tools;
  const bound = places.clone(written);
  const services = registry.services();
  for (const service of Object.keys(bound)) {
    if (!services.includes(service)) problems.unknown(places.ofKey(written, service), `bind.${service}`, 'service', service, services);
  }
  const schema: JsonSchema = {
    type: 'object',
    properties: Object.fromEntries(services.map((service) => [service, extensionReference(serviceToken(service), { description: service })])),
  };
  problems.addAll(completeExtensions(schema, bound, registry, { places, path: 'bind' }));
  return { bindings: bound as Bindings, bindingPlaces: bindingPlaces(document, written, tools) };
}

function bindingPlaces(document: Record<string, unknown>, written: Record<string, unknown>, { places }: LoadTools): Map<string, SourcePlace> {
  const found = new Map<string, SourcePlace>();
  const note = (at: string, place: SourcePlace | undefined): void => void (place !== undefined && found.set(at, place));
  note('bind', places.ofKey(document, 'bind'));
  for (const service of Object.keys(written)) note(`bind.${service}`, places.ofKey(written, service));
  return found;
}
