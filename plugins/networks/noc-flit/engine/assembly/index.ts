/**
 * The routers' pipeline, written in AssemblyScript and compiled to WebAssembly (`tools/build/compile-assembly.ts`). It works on the
 * memory that `FlitState` lays out. Compiled from TypeScript to JavaScript the same work takes about four times as many instructions.
 */
export { place, waitForCredit } from './buffers';
export { visit } from './calendar';
export { configure } from './memory';
export { runWindow } from './router-pass';
export { cross, releaseVc } from './traversal';
export { activateNow, assignVc } from './vc-allocation';
export { linkIsBusy } from './wires';
