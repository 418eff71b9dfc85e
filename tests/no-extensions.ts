import { extensionAccess, NO_EXTENSIONS } from '../core/index.js';

/** For blocks that are described or checked alone. */
export const noExtensions = extensionAccess(NO_EXTENSIONS, { owner: 'test', seed: 1 });
