import type { Letter } from '../store/outbox.ts';
import type { Row } from '../store/tables.ts';

type Told = Pick<Row<'users'>, 'username' | 'email'>;

const WHAT = {
  enrolled: {
    subject: 'Your codes come from an app now',
    text: 'An app was enrolled for you: the codes of your payments come from it, and are no longer mailed.',
  },
  disabled: {
    subject: 'Your codes are mailed again',
    text: 'Your app was disabled, and its recovery codes with it: the codes of your payments are mailed to you again.',
  },
  renewed: {
    subject: 'You have new recovery codes',
    text: 'New recovery codes were made for you. The earlier ones are worthless.',
  },
  pepper_replaced: {
    subject: 'Enrol your app again',
    text: [
      'The office has replaced the secret that codes are made with. Your app and its recovery codes ended with it: the codes',
      'of your payments are mailed to you until you enrol an app again: treasury user totp enroll',
    ].join('\n'),
  },
} as const;

/** What somebody is told when the source of their codes changes. No secrets: the letter may wait for long. */
export const ownTotpLetter = ({ username, email }: Told, what: keyof typeof WHAT): Letter => ({
  to: email,
  subject: WHAT[what].subject,
  text: [
    `To ${username}`,
    '',
    WHAT[what].text,
    '',
    'If this surprises you, tell your CFO at once, and change your password.',
    '',
  ].join('\n'),
});
