import { auditEventDocument, type AuditEventDocument } from '../../documents/audit-event.ts';
import { listAuditEvents } from '../../store/audit-log.ts';
import type { Column } from '../../terminal/list.ts';
import { formatInstant } from '../../terminal/zone.ts';
import type { Command } from '../command.ts';
import { listResult, PAGE_OPTIONS, pageRequest, PERIOD_OPTIONS, periodOf } from '../listing.ts';

export const command: Command = {
  path: 'audit log',
  summary: 'Who did what to which thing, newest first',
  options: [
    { flags: '--subject <ref>', about: 'reference, fund code, requisition or voucher number, username' },
    { flags: '--actor <username>', about: 'who did it; `system` for what nobody asked for' },
    { flags: '--action <action>', about: 'payment.executed, or payment for all of them' },
    ...PERIOD_OPTIONS,
    ...PAGE_OPTIONS,
  ],
  examples: [
    { command: 'treasury audit log --subject PETTY', about: 'what happened to a fund itself' },
    {
      command: 'treasury audit log --actor carol --action payment.executed --since 7d',
      about: 'what one person paid this week',
    },
  ],
  access: 'audit.read',
  writes: false,
  document: 'audit_event',
  async run(context, input) {
    const store = await context.store();
    const actor = await context.actor();
    const page = pageRequest(input);
    const zone = await context.zone();
    const filter = {
      subject: input.optional('subject'),
      actor: input.optional('actor'),
      action: input.optional('action'),
      ...periodOf(input, context.now(), zone),
    };
    const found = await store.read((tx) => listAuditEvents(tx, filter, page, actor.grants));
    return listResult({
      noun: 'event',
      documents: found.rows.map(auditEventDocument),
      columns: columnsFor(zone),
      page: { next: found.next, count: found.count, totals: {} },
    });
  },
};

const columnsFor = (zone: string): Column<AuditEventDocument>[] => [
  {
    key: 'at',
    title: 'When',
    kind: 'time',
    value: (event) => (event.at === null ? null : formatInstant(new Date(event.at), zone)),
    csv: (event) => event.at,
    priority: 1,
  },
  { key: 'actor', title: 'Who', value: (event) => event.actor, priority: 1 },
  { key: 'action', title: 'Did', value: (event) => event.action, priority: 1 },
  { key: 'subject', title: 'To', value: (event) => event.subject, priority: 1 },
  { key: 'chain', title: 'Chain', value: (event) => event.chain, priority: 2 },
  { key: 'seq', title: 'No.', kind: 'number', value: (event) => String(event.seq), priority: 2 },
  { key: 'user_agent', title: 'From', value: (event) => event.user_agent, priority: 4 },
  { key: 'hash', title: 'Hash', value: (event) => event.hash, priority: 5 },
];
