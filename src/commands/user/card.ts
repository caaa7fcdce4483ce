import { grantWords, type UserDocument } from '../../documents/user.ts';
import { formatInstant } from '../../terminal/zone.ts';
import type { CardLine } from '../command.ts';

/** A person as people read them. */
export function userCard(user: UserDocument, zone: string): CardLine[] {
  const at = (label: string, instant: string | null): CardLine[] =>
    instant === null ? [] : [{ label, value: formatInstant(new Date(instant), zone), kind: 'time' }];
  return [
    { label: 'User', value: `${user.username} (${user.ref})` },
    { label: 'Name', value: user.name },
    { label: 'Email', value: user.email },
    { label: 'Phone', value: user.phone ?? '-' },
    { label: 'Roles', value: grantWords(user.grants) },
    { label: 'Status', value: user.status },
    ...(user.pending_change === null ? [] : [{ label: 'To be confirmed', value: user.pending_change }]),
    ...at('Disabled', user.disabled_at),
    ...at('Login locked until', user.locked_until),
    ...at('Codes locked', user.otp_locked_at),
    ...at('Added', user.created_at),
  ];
}
