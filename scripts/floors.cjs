// The floors of the house, from the ground up. A folder imports only from floors below its own.
const floors = [
  {
    bytes: 'files, cursors, addresses, faults, walks, codecs',
    print: 'numbers and tables as text',
  },
  { formats: 'a dump file as pages and notes', arch: 'what differs between machines' },
  { memory: 'address spaces: bytes, or a Fault' },
  { symbols: 'name to address and back' },
  { types: 'one type model, and views of memory through it' },
  { kernel: 'one file per subsystem, in the kernel’s own words' },
  { stacks: 'task to frames' },
  { facts: 'what can be said without opinion' },
  { rules: 'facts to findings' },
  { commands: 'one file per command' },
  { live: 'the running machine, as the same facts' },
  { doors: 'command line, shell, library, report' },
];

module.exports = { floors };
