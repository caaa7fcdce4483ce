import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { ADMIN, CAST, requisitionsCsv, type Person } from './cast.ts';
import type { Stage } from './stage.ts';
import { mpesaStatement } from './statement.ts';

const Referred = z.looseObject({ ref: z.string() });
const Requisitions = z.array(
  z.looseObject({ ref: z.string(), number: z.string(), method: z.string(), amount: z.string() }),
);
type Requisition = z.infer<typeof Requisitions>[number];

/** An office from its first day to a proven payment. Everything is typed as real commands; nothing is asked. */
export async function playStory(stage: Stage, seed: number): Promise<void> {
  await setUp(stage);
  const requisitions = await requestAndApprove(stage, seed);
  await payInCash(stage, pick(requisitions, 'cash', 0));
  await payThroughApps(stage, pick(requisitions, 'mpesa', 0), pick(requisitions, 'bank', 0));
  await beRefused(stage, pick(requisitions, 'cash', 1));
  await replenish(stage);
  await reconcile(stage, pick(requisitions, 'mpesa', 0), pick(requisitions, 'mpesa', 1));
  await prove(stage);
}

const pick = (requisitions: readonly Requisition[], method: string, index: number): Requisition => {
  const found = requisitions.filter((requisition) => requisition.method === method)[index];
  if (found === undefined) throw new Error(`the demo has no ${method} requisition ${index}`);
  return found;
};

async function setUp(stage: Stage): Promise<void> {
  stage.tell('1. The office is set up: a company, its places, its people, its funds.');
  await stage.show(
    ADMIN,
    [
      'init',
      '--company',
      'Acme Kenya',
      '--company-code',
      'ACME',
      '--admin',
      ADMIN,
      '--admin-email',
      'admin@acme.example',
      '--admin-password-stdin',
    ],
    { input: newPassword(stage, ADMIN) },
  );
  await logIn(stage, ADMIN);
  for (const place of [
    ['region', 'add', 'NBI-R', '--name', 'Nairobi', '--company', 'ACME'],
    ['region', 'add', 'COAST', '--name', 'Coast', '--company', 'ACME'],
    ['branch', 'add', 'WESTLANDS', '--name', 'Westlands', '--region', 'NBI-R'],
    ['branch', 'add', 'MOMBASA', '--name', 'Mombasa', '--region', 'COAST'],
  ]) {
    await stage.quietly(ADMIN, place);
  }
  for (const { username, name, role, phone } of CAST) {
    const add = [
      'user',
      'add',
      username,
      '--email',
      `${username}@acme.example`,
      '--name',
      name,
      '--phone',
      phone,
      '--role',
      role,
      '--password-stdin',
    ];
    await stage.quietly(ADMIN, add, newPassword(stage, username));
    await logIn(stage, username);
  }
  await stage.show(ADMIN, ['user', 'list']);
  await setUpFunds(stage);
}

async function setUpFunds(stage: Stage): Promise<void> {
  for (const fund of [
    ['PETTY', 'Petty cash Westlands', '--branch', 'WESTLANDS', '50000', '20000', '60000'],
    ['MPESA', 'M-Pesa till Nairobi', '--region', 'NBI-R', '250000', '50000', '250000'],
    ['BANK', 'Main bank account', '--company', 'ACME', '1500000', '400000', '1500000'],
  ] as const) {
    const [code, name, level, place, opening, reorder, imprest] = fund;
    const create = [
      'fund',
      'create',
      code,
      '--name',
      name,
      level,
      place,
      '--opening',
      opening,
      '--reorder-level',
      reorder,
      '--imprest-level',
      imprest,
    ];
    await stage.quietly('david', level === '--company' ? create : [...create, '--company', 'ACME']);
  }
  await stage.quietly('david', ['fund', 'edit', 'PETTY', '--payment-limit', '40000']);
  await stage.show('david', ['fund', 'list']);
}

function newPassword(stage: Stage, person: Person): string {
  const password = randomBytes(15).toString('base64url');
  writeFileSync(join(stage.directory, 'passwords', person), password, { mode: 0o600 });
  return password;
}

const logIn = (stage: Stage, person: Person): Promise<unknown> =>
  stage.quietly(person, ['login', '--user', person, '--password-file', join(stage.directory, 'passwords', person)]);

async function requestAndApprove(stage: Stage, seed: number): Promise<Requisition[]> {
  stage.tell('2. Amina asks for twelve payments; Brian, who is not Amina, approves them.');
  const file = join(stage.directory, 'requisitions.csv');
  writeFileSync(file, requisitionsCsv(seed), { mode: 0o600 });
  await stage.show('amina', ['requisition', 'import', file], { typed: 'treasury requisition import requisitions.csv' });
  const requisitions = Requisitions.parse(
    await stage.quietly('brian', ['requisition', 'list', '--limit', '0']),
  ).toReversed();
  const [first, ...others] = requisitions;
  if (first === undefined) throw new Error('the demo imported no requisition');
  await stage.show('amina', ['requisition', 'approve', first.number], { exitCode: 5 });
  await stage.show('brian', ['requisition', 'approve', first.number]);
  const second = pick(requisitions, 'cash', 1);
  for (const { ref } of others)
    await stage.quietly(ref === second.ref ? 'esther' : 'brian', ['requisition', 'approve', ref]);
  return requisitions;
}

async function order(stage: Stage, requisition: Requisition, fund: string): Promise<string> {
  const created = await stage.quietly('carol', [
    'payment',
    'create',
    '--requisition',
    requisition.number,
    '--fund',
    fund,
  ]);
  return Referred.parse(created).ref;
}

async function giveCode(stage: Stage, payment: string): Promise<void> {
  await stage.show('carol', ['payment', 'otp', payment, '--send']);
  await stage.show('carol', ['payment', 'otp', payment, '--verify', '--code-stdin'], {
    input: stage.newestCode(),
    typed: `treasury payment otp ${payment} --verify --code-stdin   # the code from the mail in outbox/`,
  });
}

async function payInCash(stage: Stage, requisition: Requisition): Promise<void> {
  stage.tell('3. Carol pays the first one in cash. A code goes to her mailbox; nothing is paid without it.');
  const payment = await order(stage, requisition, 'PETTY');
  await stage.show('carol', ['payment', 'execute', payment, '--yes'], { exitCode: 4 });
  await giveCode(stage, payment);
  await stage.show('carol', ['payment', 'execute', payment, '--yes']);
}

async function payThroughApps(stage: Stage, mpesa: Requisition, bank: Requisition): Promise<void> {
  stage.tell("4. One goes out in the M-Pesa app, one in the bank's: the app's reference is the proof.");
  const first = await order(stage, mpesa, 'MPESA');
  await giveCode(stage, first);
  await stage.show('carol', ['payment', 'execute', first, '--gateway-reference', 'SKJ7X2M9QP', '--yes']);
  const second = await order(stage, bank, 'BANK');
  await giveCode(stage, second);
  await stage.show('carol', ['payment', 'execute', second, '--yes'], { exitCode: 8 });
  await stage.show('carol', ['payment', 'resolve', second, '--gateway-reference', 'FT26328KCB01']);
}

async function beRefused(stage: Stage, requisition: Requisition): Promise<void> {
  stage.tell('5. Esther approved this one herself and the fund is frozen: every failing check is said at once.');
  const payment = await order(stage, requisition, 'PETTY');
  await stage.quietly('david', ['fund', 'freeze', 'PETTY', '--reason', 'cash count']);
  await stage.show('esther', ['payment', 'execute', payment, '--yes'], { exitCode: 5 });
  stage.tell('The office has paid by now: what opens doors takes two people. David proposes, Esther confirms.');
  await stage.show('david', ['fund', 'unfreeze', 'PETTY', '--reason', 'counted']);
  const [change] = z.array(Referred).parse(await stage.quietly('esther', ['change', 'list', '--status', 'pending']));
  if (change === undefined) throw new Error('the demo has no change to confirm');
  await stage.show('david', ['change', 'confirm', change.ref, '--yes'], { exitCode: 5 });
  await stage.show('esther', ['change', 'confirm', change.ref, '--yes']);
}

async function replenish(stage: Stage): Promise<void> {
  stage.tell(
    '6. Petty cash fell below its reorder level, so a request was made with the payment. Esther approves, David funds.',
  );
  await stage.show('david', ['replenish', 'check'], { exitCode: 10 });
  const [open] = z.array(Referred).parse(await stage.quietly('esther', ['replenish', 'list']));
  if (open === undefined) throw new Error('the demo has no replenishment request');
  await stage.show('esther', ['replenish', 'approve', open.ref, '--reason', 'cash runs out on Friday']);
  await stage.show('david', ['replenish', 'fund', open.ref, '--reference', 'CHQ-000417']);
}

async function reconcile(stage: Stage, first: Requisition, second: Requisition): Promise<void> {
  stage.tell("7. The day's statement comes from M-Pesa. David looks first, then saves what is certain.");
  const payment = await order(stage, second, 'MPESA');
  await stage.quietly('carol', ['payment', 'otp', payment, '--send']);
  await stage.quietly('carol', ['payment', 'otp', payment, '--verify', '--code-stdin'], stage.newestCode());
  await stage.quietly('carol', ['payment', 'execute', payment, '--gateway-reference', 'SKJ8K1L4WZ', '--yes']);
  const [exact, other] = [Number(first.amount), Number(second.amount)];
  const details = 'Business Payment to Customer';
  const lines = [
    { receipt: 'SKJ7X2M9QP', shillings: -exact, details, party: '254722000001 - MAMA NJERI' },
    { receipt: 'SKJ8K1L4WZ', shillings: -(other + 100), details, party: '254722000002 - ZAWADI CLEANING' },
    { receipt: 'SKJ9N0B0DY', shillings: -450, details: 'Pay Bill Online', party: '888880 - KPLC PREPAID' },
  ];
  writeFileSync(join(stage.directory, 'mpesa.csv'), mpesaStatement(stage.now(), 250_000, lines), { mode: 0o600 });
  await stage.show('david', ['reconcile', 'mpesa.csv', '--fund', 'MPESA'], { exitCode: 10 });
  await stage.show('david', ['reconcile', 'mpesa.csv', '--fund', 'MPESA', '--auto'], { exitCode: 10 });
  stage.tell('One payment took KES 100.00 more than the books say: that waits for Esther. One line nobody knows.');
  const [variance] = z.array(Referred).parse(await stage.quietly('esther', ['variance', 'list']));
  if (variance === undefined) throw new Error('the demo has no variance');
  await stage.show('david', ['variance', 'approve', variance.ref, '--yes'], { exitCode: 5 });
  await stage.show('esther', ['variance', 'approve', variance.ref, '--yes']);
  await stage.show('david', ['status']);
  await stage.show('david', ['reconcile', 'unmatched', '--fund', 'MPESA']);
}

async function prove(stage: Stage): Promise<void> {
  stage.tell('8. Faith, the auditor, trusts nothing.');
  await stage.show('faith', ['ledger', 'list', '--fund', 'PETTY']);
  await stage.show('faith', ['ledger', 'verify']);
  await stage.show('faith', ['audit', 'verify']);
}
