import { quantity } from '../../domain/quantity.ts';
import { ledgerVerificationDocument } from '../../documents/verification.ts';
import { verifyLedger } from '../../operations/verify-ledger.ts';
import type { Command } from '../command.ts';

export const command: Command = {
  path: 'ledger verify',
  summary: 'Prove that balances, entries, executions and vouchers agree',
  details:
    'Exit 0 when everything agrees, 11 when anything does not; every broken rule is listed with the first thing that breaks it.',
  options: [{ flags: '--fund <code>', about: 'only this fund' }],
  examples: [
    { command: 'treasury ledger verify', about: 'the books of every fund' },
    { command: 'treasury ledger verify --fund PETTY', about: 'the book of one' },
  ],
  access: 'books.read',
  writes: false,
  exits: [11],
  document: 'ledger_verification',
  async run(context, input) {
    const request = { fund: input.optional('fund') ?? null };
    const document = ledgerVerificationDocument(
      await verifyLedger(await context.store(), await context.actor(), request),
    );
    const whose = document.fund === null ? quantity(document.funds, 'fund') : `fund ${document.fund}`;
    return {
      data: document,
      human: {
        lines: [
          `The books of ${whose} agree: ${quantity(document.entries, 'entry', 'entries')}, ${quantity(document.rules.length, 'rule')} hold.`,
        ],
        next: ['treasury audit verify'],
      },
    };
  },
};
