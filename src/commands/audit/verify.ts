import { quantity } from '../../domain/quantity.ts';
import { auditVerificationDocument } from '../../documents/verification.ts';
import { verifyAudit } from '../../operations/verify-audit.ts';
import type { Command } from '../command.ts';

export const command: Command = {
  path: 'audit verify',
  summary: 'Recompute every link of the audit trail and every row it vouches for',
  details:
    'Exit 0 when all is as it was recorded, 11 when anything was altered, removed or put in between; the first bad one is named.',
  options: [{ flags: '--fund <code>', about: 'only the chain of this fund' }],
  examples: [
    { command: 'treasury audit verify', about: 'every chain of the office' },
    { command: 'treasury audit verify --fund PETTY', about: 'the chain of one fund' },
  ],
  access: 'audit.read',
  writes: false,
  exits: [11],
  document: 'audit_verification',
  async run(context, input) {
    const fund = input.optional('fund') ?? null;
    const proof = await verifyAudit(await context.store(), await context.actor(), { fund });
    const document = auditVerificationDocument(proof, fund);
    return {
      data: document,
      human: {
        lines: [
          `The audit trail is whole: ${quantity(document.events, 'event')} in ${quantity(document.chains.length, 'chain')}, ${quantity(document.entries, 'ledger entry', 'ledger entries')}, ${quantity(document.executions, 'execution')}.`,
          ...document.chains.map((chain) => `${chain.chain}  ${quantity(chain.events, 'event')}  head ${chain.head}`),
        ],
      },
    };
  },
};
