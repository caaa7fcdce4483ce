import { advice, fine, type Finding } from '../domain/finding.ts';
import { Problem } from '../domain/problem.ts';
import type { SmsSender } from '../gateways/sms.ts';
import { getPolicy } from '../store/policies.ts';
import type { Store } from '../store/store.ts';

/** Whether this machine can send the texts that the policy wants sent; where it wants none, nothing is looked at. */
export async function examineSms(store: Store, openSms: () => Promise<SmsSender>): Promise<Finding[]> {
  const { terms } = await store.read(getPolicy);
  const wanted = (terms?.notify ?? []).flatMap(({ event, sms }) => (sms === true ? [event] : []));
  if (wanted.length === 0) return [fine('sms', 'The policy tells nobody by SMS.')];
  try {
    await openSms();
    return [fine('sms', 'The settings for the SMS that the policy wants are there.')];
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const { message, details } = error;
    return [
      advice('sms', `The policy wants SMS (${wanted.join(', ')}). ${message}`, details.fix ?? 'treasury policy show'),
    ];
  }
}
