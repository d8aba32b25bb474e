// `sys config`: the kernel's configuration, where it carries it. kernel/configs.c
import { gunzipSync } from 'node:zlib';
import { isFault } from '../../bytes/fault.ts';
import type { Dump } from '../../types/dump.ts';
import { CommandError } from '../kit/define.ts';

/** A configuration is some 300 KB, its compressed form a fifth. */
const MAX_COMPRESSED = 4 << 20;
const MAX_TEXT = 16 << 20;

/** @throws CommandError when the kernel has none, or it cannot be read */
export function kernelConfig(dump: Dump): string {
  // Between these, gzip: 13610aa908dc ("kernel/configs: use .incbin directive to embed config_data.gz", v5.1).
  const start = dump.symbol('kernel_config_data');
  const end = dump.symbol('kernel_config_data_end');
  if (isFault(start) || isFault(end))
    throw new CommandError('unsupported', 'sys: kernel_config_data does not exist in this kernel');
  const length = Number(end - start);
  if (length <= 0 || length > MAX_COMPRESSED)
    throw new CommandError('unreadable', `sys: a configuration of ${length} bytes is implausible`);
  const bytes = dump.memory.read(start, length);
  if (isFault(bytes)) throw new CommandError('unreadable', `sys: ${bytes.explain()}`);
  try {
    return gunzipSync(bytes, { maxOutputLength: MAX_TEXT }).toString('latin1');
  } catch {
    throw new CommandError('unreadable', 'sys: the configuration in memory is damaged');
  }
}
