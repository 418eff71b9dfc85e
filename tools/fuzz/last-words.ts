/** Beside a worker's folder: how the case ended that ended the process. Written while the process ends, when no message can be sent any more. */
export const LAST_WORDS = 'last-words.json';
