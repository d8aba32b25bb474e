// The commands' names, for whoever lists them without loading them.
export const commandNames = [
  'bt',
  'foreach',
  'help',
  'log',
  'mod',
  'ps',
  'set',
  'why',
  'ascii',
  'btop',
  'dis',
  'eval',
  'ptob',
  'rd',
  'sym',
  'runq',
  'sys',
  'task',
] as const;

export type CommandName = (typeof commandNames)[number];
