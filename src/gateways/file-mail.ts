import { randomBytes } from 'node:crypto';
import path from 'node:path';
import type { Mailer } from './mail.ts';
import { writeSecretFile } from './secret-file.ts';
import { mailFailed, messageOf } from './smtp-mail.ts';

/** Writes each mail as one .eml file into a directory; names sort by time. For trying things out, and for tests. */
export const fileMailer = (directory: string, from: string, now: () => Date): Mailer => ({
  send: async (mail) => {
    const { createTransport } = (await import('nodemailer')).default;
    const transport = createTransport({ streamTransport: true, buffer: true, newline: 'unix' });
    const at = now();
    const name = `${at.toISOString().replaceAll(':', '-')}-${randomBytes(4).toString('hex')}.eml`;
    try {
      const { message } = await transport.sendMail({ ...messageOf(mail, from), date: at });
      if (!Buffer.isBuffer(message)) throw new Error('no message was made');
      await writeSecretFile(path.join(directory, name), message.toString('utf8'));
    } catch (error) {
      throw mailFailed(directory, error);
    }
  },
});
