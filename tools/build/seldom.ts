/** The expression that fetches a module of the second script. */
export const seldomSource = (name: string): string => `__seldom(${JSON.stringify(name)})`;
