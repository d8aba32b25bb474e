// The commands' names, for whoever lists them without loading them.
export const commandNames = ['help', 'log', 'mod'] as const;

export type CommandName = (typeof commandNames)[number];
