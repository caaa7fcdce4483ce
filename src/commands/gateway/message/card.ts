import type { GatewayMessageDocument } from '../../../documents/gateway-message.ts';
import { formatInstant } from '../../../terminal/zone.ts';
import type { CardLine } from '../../command.ts';

/** What a gateway said as people read it: what it says, what came of it, and every byte as it was received. */
export function messageCard(message: GatewayMessageDocument, zone: string): CardLine[] {
  const { settled_at: settledAt, settled_by: settledBy, confirmed_by: confirmedBy } = message;
  return [
    { label: 'Message', value: message.ref },
    { label: 'Gateway', value: `${message.gateway}, by ${message.source}` },
    { label: 'From', value: message.remote ?? 'unknown' },
    { label: 'Received', value: formatInstant(new Date(message.received_at), zone), kind: 'time' },
    { label: 'Says', value: message.says ?? 'nobody can read it' },
    { label: 'Payment', value: message.payment ?? 'none' },
    { label: 'Outcome', value: message.outcome },
    { label: 'Detail', value: message.detail ?? 'none' },
    ...(settledAt === null
      ? []
      : [
          {
            label: 'Settled',
            value: `${formatInstant(new Date(settledAt), zone)} by ${settledBy ?? 'nobody'}${confirmedBy === null ? '' : `, confirmed by ${confirmedBy}`}`,
          },
          { label: 'Because', value: message.settled_reason ?? 'none' },
        ]),
    { label: 'As received', value: message.raw },
  ];
}
