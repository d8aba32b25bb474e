// /proc/kcore, the memory of the running kernel: whether it can be read, and if not, why.
import { closeSync, openSync, readFileSync, readSync, statSync } from 'node:fs';

export const KCORE = '/proc/kcore';

/** Why the running kernel's memory cannot be read, and what to do; undefined when it can. */
export function kcoreObstacle(): string | undefined {
  try {
    // A container puts /dev/null over it.
    if (!statSync(KCORE).isFile()) return MASKED;
    const fd = openSync(KCORE, 'r');
    try {
      return readSync(fd, new Uint8Array(1), 0, 1, 0) === 1 ? undefined : MASKED;
    } finally {
      closeSync(fd);
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return obstacle(code ?? String(error));
  }
}

const MASKED = `${KCORE} is masked, as containers do; run inquest on the host, as root`;

function obstacle(code: string): string {
  if (code === 'ENOENT')
    return `there is no ${KCORE}: this kernel was built without it (CONFIG_PROC_KCORE), or a container or virtual machine hides it; where there is one, run inquest on the host, as root; \`inquest slow\` needs none`;
  if (code === 'EACCES') return `${KCORE} can be read by root only; write: sudo inquest live`;
  if (code !== 'EPERM') return `${KCORE} cannot be opened (${code})`;
  // open_kcore asks for CAP_SYS_RAWIO, then the lockdown. fs/proc/kcore.c (5.10 to 7.2)
  if (hasRawIo())
    return `${KCORE}: the kernel's lockdown (confidentiality) forbids to read its memory, to root too; boot without it, or take a dump`;
  return `${KCORE} needs the capability CAP_SYS_RAWIO, which this user or container lacks; run inquest on the host, as root`;
}

/** CAP_SYS_RAWIO: include/uapi/linux/capability.h */
const RAWIO = 1n << 17n;

/** Whether this process has the capability; then only a lockdown can refuse. */
function hasRawIo(): boolean {
  const status = readFileSync('/proc/self/status', 'utf8');
  const [, set] = /^CapEff:\s*([0-9a-f]+)$/m.exec(status) ?? [];
  return set !== undefined && (BigInt(`0x${set}`) & RAWIO) !== 0n;
}
