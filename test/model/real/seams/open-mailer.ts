import { deskHere } from '../desk.ts';

/** Every mail is taken and kept at the desk of its command. */
export const openMailer: typeof import('../../../../src/gateways/open-mailer.ts').openMailer = async () => ({
  send: async (mail) => void deskHere().mails.push(mail),
});
