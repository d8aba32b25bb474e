// What the system says about a file, in words.

const words: Readonly<Record<string, string>> = {
  ENOENT: 'no such file or folder',
  EACCES: 'permission denied',
  EPERM: 'not permitted',
  EISDIR: 'is a directory',
  ENOTDIR: 'a part of its path is no directory',
  ENOSPC: 'no space left',
  EROFS: 'the file system is read-only',
};

export function systemError(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return (code && words[code]) ?? code ?? message;
}
