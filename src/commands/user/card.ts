import type { TotpDocument } from '../../documents/totp.ts';
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
    { label: 'Codes', value: codesWords(user.totp) },
    ...at('Added', user.created_at),
  ];
}

/** Where somebody's codes come from: `by mail`, or `from an app, 9 recovery codes left`. */
export const codesWords = ({ enrolled, recovery_codes_left: left }: TotpDocument): string =>
  enrolled ? `from an app, ${left} recovery ${left === 1 ? 'code' : 'codes'} left` : 'by mail';
