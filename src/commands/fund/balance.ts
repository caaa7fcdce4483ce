import { formatAmount } from '../../domain/money.ts';
import { fundDocument } from '../../documents/fund.ts';
import { findFund } from '../../operations/look-up.ts';
import type { Command } from '../command.ts';

export const command: Command = {
  path: 'fund balance',
  summary: 'Print what a fund holds, on one line',
  arguments: [{ name: 'code', about: 'fund: code, reference or id' }],
  examples: [
    { command: 'treasury fund balance PETTY', about: 'the balance, and what is free of it when some is reserved' },
  ],
  access: 'books.read',
  writes: false,
  document: 'fund',
  async run(context, input) {
    const document = fundDocument(await findFund(await context.store(), await context.actor(), input.text('code')));
    const money = (minor: number) => formatAmount(minor, document.currency);
    const reserved =
      document.reserved_minor === 0
        ? ''
        : ` (available ${money(document.available_minor)}, reserved ${money(document.reserved_minor)})`;
    return { data: document, human: { lines: [`${money(document.balance_minor)}${reserved}`] } };
  },
};
