import { readlinkSync } from 'node:fs';
import os from 'node:os';
import type { Origin } from '../domain/access.ts';
import { VERSION } from './version.ts';

/** Where this process was started from: told to auditors, never trusted. */
export const originOf = (env: Readonly<Record<string, string | undefined>>): Origin => ({
  ipAddress: sshClient(env['SSH_CONNECTION']),
  userAgent: `host=${plain(os.hostname())} os_user=${plain(osUser())} tty=${plain(terminalName())} treasury/${VERSION}`,
});

/** `203.0.113.7 52114 10.0.0.4 22`: the client comes first. */
const sshClient = (connection: string | undefined): string | null => {
  const first = connection?.trim().split(/\s+/)[0] ?? '';
  return /^[0-9A-Fa-f:.%\w]{2,64}$/.test(first) ? first : null;
};

const osUser = (): string => {
  try {
    return os.userInfo().username;
  } catch {
    // A user id without an entry in the password database, as in containers.
    return `uid-${process.getuid?.() ?? 'unknown'}`;
  }
};

/** `pts/3`. Asking `process.stdin` would open a stream that most commands do not read, which takes 3 ms. */
const terminalName = (): string => {
  try {
    const device = readlinkSync('/proc/self/fd/0');
    return /^\/dev\/(?:pts\/|tty)/.test(device) ? device.replace('/dev/', '') : 'none';
  } catch {
    // Systems without /proc: which terminal it is cannot be told.
    return process.stdin.isTTY ? 'unknown' : 'none';
  }
};

/** One word, so that nobody can forge another field with a strange host name. */
const plain = (text: string): string => text.replaceAll(/[^\w.@/-]/g, '_').slice(0, 64) || 'unknown';
