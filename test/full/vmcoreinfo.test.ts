// VMCOREINFO found in memory says what the dump's own note says.
import { expect, test } from 'vitest';
import { openDump } from '../../src/doors/open.ts';
import { findVmcoreinfo } from '../../src/memory/vmcoreinfo-scan.ts';

const folder = process.env.INQUEST_DUMPS ?? '';

test.each(['rt-loop', 'rt-loop-510', 'null-deref', 'soft-lockup'])('%s', async (name) => {
  const dump = await openDump([`${folder}/${name}/vmcore`]);
  const found = findVmcoreinfo(dump.physical);
  for (const key of ['OSRELEASE', 'KERNELOFFSET', 'NUMBER(phys_base)', 'SYMBOL(swapper_pg_dir)'])
    expect(found?.text(key)).toBe(dump.vmcoreinfo.text(key));
  dump.close();
});
