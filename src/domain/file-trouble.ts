const READING: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EACCES: 'you may not read it',
  EPERM: 'you may not read it',
};

const WRITING: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such directory',
  EACCES: 'you may not write there',
  EPERM: 'you may not write there',
};

const EITHER: Readonly<Record<string, string>> = {
  EEXIST: 'another file of that name is there',
  EISDIR: 'it is a directory',
  ENOTDIR: 'a part of its path is no directory',
  ENAMETOOLONG: 'its name is too long',
  ELOOP: 'its links go in a circle',
  ENXIO: 'it is not a regular file',
  ENOSPC: 'the disk is full',
  EDQUOT: 'your share of the disk is used up',
  EROFS: 'its file system takes no writes',
  EMFILE: 'too many files are open',
  EIO: 'the disk has failed',
};

/** Why a file could not be read or written, in words; another reason as the system calls it. Null for what no file is to blame for. */
export function fileTrouble(error: unknown, doing: 'reading' | 'writing'): string | null {
  if (!(error instanceof Error && 'code' in error && typeof error.code === 'string')) return null;
  return (doing === 'reading' ? READING : WRITING)[error.code] ?? EITHER[error.code] ?? error.code;
}
