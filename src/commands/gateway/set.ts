import { gatewayDocument } from '../../documents/gateway.ts';
import { setGateway } from '../../operations/set-gateway.ts';
import { gatewayView } from '../../operations/show-gateways.ts';
import { isProposed } from '../../operations/two-people.ts';
import { proposedResult } from '../change/proposed.ts';
import type { Command } from '../command.ts';

const OPTIONS = [
  'baseUrl',
  'shortCode',
  'initiator',
  'command',
  'resultUrl',
  'smallest',
  'largest',
  'quiet',
  'statusField',
  'debtorName',
  'debtorAccount',
  'debtorBank',
  'debtorBic',
  'highestFee',
] as const;

export const command: Command = {
  path: 'gateway set',
  summary: 'Say how a method is paid from now on: by hand or by a rail',
  details: [
    'mpesa is paid by daraja (Safaricom B2C v3) or manual, bank by bankfile or manual. Secrets are no part of it: daraja reads them from',
    'gateways/daraja.toml beside the pepper (0600), with consumer_key, consumer_secret, initiator_password and certificate (a PEM file).',
    'Once the office has paid, it is a change that somebody else confirms. What is in flight stays with the rail it was sent by.',
  ].join(' '),
  arguments: [
    { name: 'method', about: 'mpesa or bank' },
    { name: 'kind', about: 'daraja, bankfile or manual' },
  ],
  options: [
    { flags: '--base-url <url>', about: 'daraja: https://sandbox.safaricom.co.ke or https://api.safaricom.co.ke' },
    { flags: '--short-code <digits>', about: "daraja: the organisation's number" },
    { flags: '--initiator <name>', about: 'daraja: the initiator that the portal knows' },
    { flags: '--result-url <url>', about: 'daraja: where `treasury listen` is reached from outside' },
    { flags: '--command <name>', about: 'daraja: BusinessPayment (default), SalaryPayment or PromotionPayment' },
    { flags: '--smallest <amount>', about: 'daraja: least in shillings (default 10)' },
    { flags: '--largest <amount>', about: 'daraja: most in shillings (default 250,000)' },
    { flags: '--quiet-period <time>', about: 'daraja: how long an order may be under way unseen (default 24h)' },
    { flags: '--status-field <name>', about: 'daraja: how a question names an order (default OriginalConversationID)' },
    { flags: '--debtor-name <name>', about: 'bankfile: whose account pays' },
    { flags: '--debtor-account <account>', about: 'bankfile: the account' },
    { flags: '--debtor-bank <code>', about: 'bankfile: bank and branch code of the clearing system' },
    { flags: '--debtor-bic <bic>', about: "bankfile: the bank's BIC" },
    {
      flags: '--highest-fee <amount>',
      about: 'most that is charged on top of a payment, reserved with it (default 0)',
    },
  ],
  examples: [
    {
      command:
        'treasury gateway set mpesa daraja --base-url https://sandbox.safaricom.co.ke --short-code 600000 --initiator apiuser --result-url https://office.example.org/results',
      about: 'pay M-Pesa through Daraja',
    },
    { command: 'treasury gateway set mpesa manual --reason "Daraja is down"', about: "pay in M-Pesa's own app again" },
  ],
  access: 'office.manage',
  writes: true,
  document: 'gateway',
  async run(context, input) {
    const store = await context.store();
    const typed = Object.fromEntries(
      OPTIONS.map((name) => [name, input.optional(name === 'quiet' ? 'quietPeriod' : name)]),
    );
    const method = input.text('method');
    const answer = await setGateway(store, await context.actor(), {
      ...{ method, kind: input.text('kind'), typed },
      reason: context.flags.reason,
    });
    if (isProposed(answer)) return proposedResult(context, answer);
    const { row, before, changed } = answer;
    const view = await store.read((tx) => gatewayView(tx, row.method === 'bank' ? 'bank' : 'mpesa'));
    const missing = await context.missingSecrets(row);
    return {
      data: gatewayDocument(view, missing),
      ...(missing.length === 0
        ? {}
        : {
            warnings: [
              `Missing on this machine, or of no use: ${missing.join(', ')}. Payments fail until that is put right: treasury doctor tells how.`,
            ],
          }),
      human: {
        lines: [
          changed
            ? `${row.method}: paid by ${before?.kind ?? 'manual'} > ${row.kind}`
            : `${row.method} is paid by ${row.kind} already; nothing was changed.`,
        ],
        next: ['treasury gateway list', ...(row.kind === 'daraja' ? ['treasury gateway test mpesa'] : [])],
      },
    };
  },
};
