import { quantity } from '../../domain/quantity.ts';
import { auditVerificationDocument } from '../../documents/verification.ts';
import { readHeads } from '../../domain/audit-head.ts';
import { verifyAudit } from '../../operations/verify-audit.ts';
import type { FoundHead } from '../../store/audit-heads.ts';
import { formatInstant } from '../../terminal/zone.ts';
import type { Command } from '../command.ts';

export const command: Command = {
  path: 'audit verify',
  summary: 'Recompute every link of the audit trail and every row it vouches for',
  details:
    'Exit 0 when all is as it was recorded, 11 when anything was altered, removed or put in between; the first bad one is named. ' +
    'With --head it also finds a head that was kept: every mail with a code carries the one of its fund.',
  options: [
    { flags: '--fund <code>', about: 'only the chain of this fund' },
    { flags: '--head <hash...>', about: 'heads to find in it: whole, or their first 12 digits or more' },
  ],
  examples: [
    { command: 'treasury audit verify', about: 'every chain of the office' },
    { command: 'treasury audit verify --fund PETTY', about: 'the chain of one fund' },
    { command: 'treasury audit verify --head {HEAD}', about: 'was anything rewritten since that mail?' },
  ],
  access: 'audit.read',
  writes: false,
  exits: [11],
  document: 'audit_verification',
  async run(context, input) {
    const fund = input.optional('fund') ?? null;
    const heads = readHeads(input.many('head').flatMap((text) => text.split(',')));
    const proof = await verifyAudit(await context.store(), await context.actor(), { fund, heads });
    const zone = heads.length === 0 ? '' : await context.zone();
    const document = auditVerificationDocument(proof, fund);
    return {
      data: document,
      human: {
        lines: [
          `The audit trail is whole: ${quantity(document.events, 'event')} in ${quantity(document.chains.length, 'chain')}, ${quantity(document.entries, 'ledger entry', 'ledger entries')}, ${quantity(document.executions, 'execution')}.`,
          ...document.chains.map((chain) => `${chain.chain}  ${quantity(chain.events, 'event')}  head ${chain.head}`),
          ...document.heads.map((head) => headLine(head, zone)),
        ],
      },
    };
  },
};

/** `4c724a9bdffc... is event 46 of fund:PETTY, 2026-11-24 05:47:11 EAT; 12 events since.` */
function headLine({ head, chain, seq, at, since }: FoundHead, zone: string): string {
  const when = at === null ? '' : `, ${formatInstant(new Date(at), zone)}`;
  return `${head} is event ${seq} of ${chain}${when}; ${quantity(since, 'event')} since.`;
}
