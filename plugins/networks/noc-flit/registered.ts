import { extendCatalogue, type Catalogue } from './catalogue.js';
import { allocatorPoint, routingPoint, topologyPoint } from './points.js';

/** What other plugins registered at an extension point, by name. */
type Extensions = <T>(point: { readonly name: string; readonly type?: T }) => ReadonlyMap<string, T>;

/** The built-in strategies and the registered ones. */
export function registeredCatalogue(extensions: Extensions): Catalogue {
  return extendCatalogue({
    topologies: [...extensions(topologyPoint).values()],
    routings: [...extensions(routingPoint).values()],
    allocators: [...extensions(allocatorPoint).values()],
  });
}
