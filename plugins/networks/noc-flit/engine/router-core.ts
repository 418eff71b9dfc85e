import { readFileSync } from 'node:fs';
import { compile, instantiate, type WasmMemory, type WasmModule } from './web-assembly.js';

/** The compiled routers' pipeline (folder `assembly`). Virtual channels and records are places in the network's memory. */
export interface RouterCore {
  /** Read the parameters from the memory. */
  configure(): void;
  /** Work on the window that ends with cycle `last`; `epoch`: cycle 0 in absolute cycles. */
  runWindow(last: number, epoch: number): void;
  /** A flit takes the next free slot of a buffer, VC `local` of `router`; it will be there in cycle `arrival`. */
  place(vc: number, router: number, local: number, flit: number, arrival: number): void;
  /** The router has something to do in the cycle. */
  visit(router: number, cycle: number): void;
  /** Free the output VC that leads to `down`, of the router and port whose records are given. */
  releaseVc(routerAt: number, outAt: number, down: number): void;
  /** For `allocate`: the front flit of a VC (number `local` of port `input`) waits for a credit; crosses the switch, from and to the ports whose records are given. */
  waitForCredit(vc: number, input: number, local: number): void;
  cross(vc: number, input: number, local: number, inAt: number, outAt: number): void;
  /** For `allocate`: not 0 while the link of an output port still carries a flit; then nobody may ask for the output. */
  linkIsBusy(outPort: number): number;
  /** For `allocate`: a VC takes output VC `output` (port * numVcs + vc) of its router; it may ask for the switch in this very step. */
  assignVc(vc: number, output: number): void;
  activateNow(vc: number): void;
}

/** What the pipeline asks of the rest of the engine. */
export interface RouterCoreHost {
  /** Route a packet (its record) at the front of `vc`, and store what it asks for. */
  route(vc: number, packet: number, router: number, inPort: number, inVc: number): void;
  /** Put an entry on the terminals' calendar. */
  push(cycle: number, entry: number): void;
  /** One step of VC and switch allocation where the table-driven stages do not apply. */
  allocate(router: number, cycle: number): void;
  /** The order of service (see `ServiceOrder`). */
  bodyArrived(vc: number, step: number, input: number): void;
  wasGranted(vc: number, step: number): void;
  sortRouting(list: number, count: number, carried: number): void;
  wasRouted(vc: number, step: number, place: number): void;
}

let compiled: WasmModule | undefined;

export function makeRouterCore(memory: WasmMemory, host: RouterCoreHost): RouterCore {
  compiled ??= compile(readFileSync(new URL('./router-core.wasm', import.meta.url)));
  return instantiate<RouterCore>(compiled, { env: { memory }, host: { ...host } });
}
