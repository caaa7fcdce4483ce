import { accessSync, constants, mkdirSync } from 'node:fs';
import { connect } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { Problem } from '../domain/problem.ts';

const PATIENCE_MS = 5000;

/** Returns when mail could be handed over now: the server greets, or the directory can be written to. Sends nothing. */
export async function reachMail(mailUrl: string): Promise<void> {
  if (mailUrl.startsWith('file:')) return writable(mailUrl.slice('file:'.length));
  const url = new URL(mailUrl);
  const implicit = url.protocol === 'smtps:';
  const port = Number(url.port || (implicit ? 465 : 587));
  await greeting(url.hostname, port, implicit);
}

function writable(directory: string): void {
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    accessSync(directory, constants.W_OK);
  } catch {
    throw unreachable(`the directory ${directory} cannot be written to`);
  }
}

function greeting(host: string, port: number, implicit: boolean): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = implicit ? connectTls({ host, port, servername: host }) : connect({ host, port });
    const end = (act: () => void) => {
      socket.destroy();
      act();
    };
    socket.setTimeout(PATIENCE_MS, () => end(() => reject(unreachable(`${host}:${port} does not answer`))));
    socket.once('error', (error) => end(() => reject(unreachable(`${host}:${port}: ${error.message}`))));
    socket.once('data', (data) =>
      end(() =>
        data.toString('latin1').startsWith('220')
          ? resolve()
          : reject(unreachable(`${host}:${port} is no mail server`)),
      ),
    );
  });
}

const unreachable = (reason: string): Problem =>
  new Problem('external', 'MAIL_UNREACHABLE', `Mail cannot be handed over: ${reason}.`, {
    unchanged: 'Nothing was sent.',
    fix: 'put that right, or send it another way: treasury config set office.mail_url URL',
  });
