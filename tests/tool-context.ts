import { NO_EXTENSIONS, type ToolContext } from '../core/index.js';
import { ToolContexts } from '../core/plugin/tool-contexts.js';

/** For tools that are called alone. */
export const toolContext: ToolContext = new ToolContexts(NO_EXTENSIONS).for('test');

/** The built-in tools answer at once. */
export function atOnce<T>(answer: T | Promise<T>): T {
  if (answer instanceof Promise) throw new Error('the tool answers later');
  return answer;
}
