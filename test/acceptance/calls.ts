import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { batchFile } from '../support/a-batch.ts';
import { aBatch } from './a-batch.ts';
import { bankFileThings, layoutFile } from './a-bank-file.ts';
import { raiseAlerts } from '../../src/operations/raise-alerts.ts';
import { paidThroughMpesa, statementFile } from './a-statement.ts';
import type { DemoOffice, Person } from './demo-office.ts';
import { answerOf } from './documents.ts';

/** What calls are about: things made for them in the office. */
export interface Things {
  /** References by name; each is used by one call that changes it. */
  readonly ref: Readonly<Record<string, string>>;
  readonly home: string;
}

/** One call of a command as a script makes it. */
export interface Call {
  readonly as: Person | null;
  readonly args: (things: Things) => readonly string[];
  readonly input?: string;
  /** 0 unless said. */
  readonly exit?: number;
  /** The document of the answer when it is another than the command's own: what became a proposal. */
  readonly document?: string;
  /** The code of the error, for calls that fail. */
  readonly code?: string;
}

/** A call of each command that works, and one that is refused. */
export type Pair = readonly [works: Call, fails: Call & { readonly exit: number; readonly code: string }];

const PASSWORD = 'correct horse battery';
const NEW_PASSWORD = 'another horse battery';

const words =
  (line: string): Call['args'] =>
  ({ ref, home }) =>
    line
      .split(' ')
      .map((word) =>
        word.startsWith('@') ? (ref[word.slice(1)] ?? word) : word.replaceAll('_', ' ').replace('~', home),
      );

const works = (as: Person | null, line: string, more: Partial<Call> = {}): Call => ({ as, args: words(line), ...more });
const fails = (as: Person | null, line: string, exit: number, code: string, more: Partial<Call> = {}): Pair[1] => ({
  as,
  args: words(line),
  exit,
  code,
  ...more,
});

/** A bank's file that no profile of the tool knows, and what its columns are. */
const BANK_FILE =
  'Booked;Narrative;Amount;Balance\n01.10.2026;Rent;-1.500,00;8.500,00\n02.10.2026;Sale;200,00;8.700,00\n';
const BANK_COLUMNS =
  '--date Booked --date-format dd.MM.yyyy --description Narrative --amount Amount --balance Balance --decimal , --delimiter ;';

/** By command, in an order in which every call works. A blank inside a word is written `_`, a thing `@NAME`, the home `~`. */
export const CALLS: Readonly<Record<string, Pair>> = {
  version: [works(null, 'version'), fails(null, 'version now', 2, 'TOO_MANY_ARGUMENTS')],
  'statement show': [
    works(null, 'statement show ~/statement.xml'),
    fails(null, 'statement show ~/letter.txt', 2, 'NOT_A_STATEMENT'),
  ],
  schema: [works(null, 'schema payment'), fails(null, 'schema shoe', 2, 'SCHEMA_UNKNOWN')],
  init: [works(null, 'init'), fails(null, 'init', 2, 'INPUT_MISSING')],
  migrate: [works(null, 'migrate --status'), fails(null, 'migrate --apply', 2, 'INPUT_MISSING')],
  login: [
    works('amina', 'login --user amina --password-stdin', { input: PASSWORD }),
    fails(null, 'login --user amina --password-stdin', 4, 'LOGIN_FAILED', { input: 'wrong horse battery' }),
  ],
  whoami: [works('carol', 'whoami'), fails(null, 'whoami', 4, 'SESSION_MISSING')],
  status: [works('esther', 'status'), fails(null, 'status', 4, 'SESSION_MISSING')],
  'company add': [
    works('root-admin', 'company add GAMMA --name Gamma_Ltd'),
    fails('root-admin', 'company add ACME --name Acme', 7, 'PLACE_EXISTS'),
  ],
  'region add': [
    works('root-admin', 'region add RIFT --name Rift_Valley --company ACME'),
    fails('root-admin', 'region add XX --name Yy --company NONE', 3, 'COMPANY_NOT_FOUND'),
  ],
  'branch add': [
    works('root-admin', 'branch add KAREN --name Karen --region NBI-R'),
    fails('carol', 'branch add KAREN', 5, 'ROLE_MISSING'),
  ],
  'org tree': [works('amina', 'org tree'), fails(null, 'org tree', 4, 'SESSION_MISSING')],
  'user add': [
    works(
      'root-admin',
      'user add zoe --email zoe@acme.example --name Zoe_Auma --role cashier --branch WESTLANDS --password-stdin',
      { input: PASSWORD },
    ),
    fails(
      'root-admin',
      'user add carol --email carol@acme.example --name Carol --role cashier --company ACME --password-stdin',
      7,
      'USER_EXISTS',
      { input: PASSWORD },
    ),
  ],
  'user list': [works('faith', 'user list'), fails('amina', 'user list', 5, 'ROLE_MISSING')],
  'user show': [works('faith', 'user show carol'), fails('faith', 'user show nobody', 3, 'USER_NOT_FOUND')],
  'user disable': [
    works('root-admin', 'user disable musa'),
    fails('root-admin', 'user disable nobody', 3, 'USER_NOT_FOUND'),
  ],
  'user enable': [works('root-admin', 'user enable musa'), fails('carol', 'user enable musa', 5, 'ROLE_MISSING')],
  'user edit': [
    works('root-admin', 'user edit musa --email musa.ali@acme.example'),
    fails('root-admin', 'user edit musa --email nonsense', 2, 'USER_INVALID'),
  ],
  'user unlock': [
    works('root-admin', 'user unlock carol'),
    fails('root-admin', 'user unlock nobody', 3, 'USER_NOT_FOUND'),
  ],
  'user role': [
    works('root-admin', 'user role musa --role cashier,requester --branch MOMBASA'),
    fails('root-admin', 'user role musa --role pope', 2, 'ROLES_INVALID'),
  ],
  'user password': [
    works('root-admin', 'user password musa --password-stdin', { input: NEW_PASSWORD }),
    fails('root-admin', 'user password musa --password-stdin', 2, 'PASSWORD_INVALID', { input: 'short' }),
  ],
  'token create': [
    works('carol', 'token create nightly --scope books:read --out ~/nightly.token --password-stdin', {
      input: PASSWORD,
    }),
    fails(
      'carol',
      'token create nightly --scope payment:execute --out ~/n.token --password-stdin',
      2,
      'TOKEN_INVALID',
      {
        input: PASSWORD,
      },
    ),
  ],
  'token list': [works('carol', 'token list'), fails('carol', 'token list --user david', 5, 'ROLE_MISSING')],
  'token revoke': [
    works('carol', 'token revoke nightly'),
    fails('carol', 'token revoke monthly', 3, 'TOKEN_NOT_FOUND'),
  ],
  'user totp enroll': [
    works('grace', 'user totp enroll --password-stdin', { input: PASSWORD }),
    fails('grace', 'user totp enroll carol --password-stdin', 5, 'TOTP_OF_ANOTHER', { input: PASSWORD }),
  ],
  'user totp disable': [
    works('root-admin', 'user totp disable musa --reason lost'),
    fails('carol', 'user totp disable musa', 5, 'ROLE_MISSING'),
  ],
  'user totp recovery': [
    works('carol', 'user totp recovery --status'),
    fails('carol', 'user totp recovery --password-stdin --code-stdin', 2, 'FLAGS_CONTRADICT'),
  ],
  'pepper show': [works('faith', 'pepper show'), fails(null, 'pepper show', 4, 'SESSION_MISSING')],
  'policy show': [works('carol', 'policy show'), fails('carol', 'policy show --version 9', 3, 'POLICY_NOT_FOUND')],
  'policy set': [
    works('root-admin', 'policy set - --reason board', { input: '[variance]\npercent = "5"\n' }),
    fails('root-admin', 'policy set - --reason board', 2, 'POLICY_INVALID', { input: '[variance]\npercent = "x"\n' }),
  ],
  'policy explain': [
    works('carol', 'policy explain @approved'),
    fails('olga', 'policy explain @approved', 3, 'REQUISITION_NOT_FOUND'),
  ],
  'policy test': [
    works('faith', 'policy test - --since 30d', { input: '[[approval]]\napprovers = 2\n', exit: 10 }),
    fails('faith', 'policy test - --since 01/02/2026', 2, 'DATE_INVALID', { input: '' }),
  ],
  'config set': [
    works(null, 'config set tz Africa/Nairobi'),
    fails(null, 'config set tz Mars/Base', 2, 'CONFIG_VALUE_INVALID'),
  ],
  'config get': [works(null, 'config get tz'), fails(null, 'config get shoe', 2, 'CONFIG_KEY_UNKNOWN')],
  'config list': [works(null, 'config list --show-origin'), fails(null, 'config list all', 2, 'TOO_MANY_ARGUMENTS')],
  'config unset': [works(null, 'config unset tz'), fails(null, 'config unset shoe', 2, 'CONFIG_KEY_UNKNOWN')],
  'fund create': [
    works('david', 'fund create TRAVEL --name Travel --company ACME --opening 0 --reorder-level 0'),
    fails('david', 'fund create PETTY --name Petty --company ACME --opening 0 --reorder-level 0', 7, 'FUND_EXISTS'),
  ],
  'fund list': [works('carol', 'fund list'), fails('carol', 'fund list --company NONE', 3, 'COMPANY_NOT_FOUND')],
  'fund show': [works('carol', 'fund show PETTY'), fails('carol', 'fund show NONE', 3, 'FUND_NOT_FOUND')],
  'fund balance': [works('carol', 'fund balance PETTY'), fails('olga', 'fund balance PETTY', 3, 'FUND_NOT_FOUND')],
  'fund edit': [
    works('david', 'fund edit MPESA --daily-limit 100,000'),
    fails('david', 'fund edit MPESA --daily-limit 1.234,50', 2, 'FUND_INVALID'),
  ],
  'fund freeze': [
    works('david', 'fund freeze MPESA --reason count'),
    fails('carol', 'fund freeze MPESA', 5, 'ROLE_MISSING'),
  ],
  'fund unfreeze': [
    works('david', 'fund unfreeze MPESA --reason counted'),
    fails('david', 'fund unfreeze PETTY', 7, 'NOT_FROZEN'),
  ],
  'fund close': [
    works('david', 'fund close TRAVEL --yes --reason moved'),
    fails('david', 'fund close PETTY --yes', 6, 'FUND_NOT_CLOSABLE'),
  ],
  'requisition create': [
    works(
      'amina',
      'requisition create --payee Jane --amount 100 --purpose Taxi --method cash --to Jane --branch WESTLANDS',
    ),
    fails(
      'amina',
      'requisition create --payee Jane --amount 0 --purpose Taxi --method cash --to Jane --branch WESTLANDS',
      2,
      'REQUISITION_INVALID',
    ),
  ],
  'requisition import': [
    works('amina', 'requisition import ~/list.csv'),
    fails('amina', 'requisition import ~/bad.csv', 2, 'IMPORT_INVALID'),
  ],
  'requisition list': [
    works('brian', 'requisition list --status submitted'),
    fails('brian', 'requisition list --since 01/02/2026', 2, 'DATE_INVALID'),
  ],
  'requisition show': [
    works('brian', 'requisition show @approved'),
    fails('brian', 'requisition show REQ-2026-99999', 3, 'REQUISITION_NOT_FOUND'),
  ],
  'requisition approve': [
    works('brian', 'requisition approve @submitted'),
    fails('brian', 'requisition approve @approved', 6, 'REQUISITION_NOT_SUBMITTED'),
  ],
  'requisition reject': [
    works('brian', 'requisition reject @submitted2 --reason dear'),
    fails('amina', 'requisition reject @submitted2', 5, 'ROLE_MISSING'),
  ],
  'requisition amend': [
    works('amina', 'requisition amend @submitted3 --amount 90'),
    fails('grace', 'requisition amend @submitted3 --amount 80', 5, 'NOT_THE_REQUESTER'),
  ],
  'requisition cancel': [
    works('amina', 'requisition cancel @submitted3 --reason done'),
    fails('grace', 'requisition cancel @approved', 5, 'NOT_THE_REQUESTER'),
  ],
  'payment create': [
    works('carol', 'payment create --requisition @approved --fund PETTY'),
    fails('carol', 'payment create --requisition @approved2 --fund PETTY --amount 999999', 6, 'PAYMENT_NOT_CREATABLE'),
  ],
  'payment list': [
    works('carol', 'payment list --status pending'),
    fails('carol', 'payment list --amount 1e3', 2, 'AMOUNT_INVALID'),
  ],
  'payment show': [
    works('carol', 'payment show @pending'),
    fails('carol', 'payment show pay_zzzzzz', 3, 'PAYMENT_NOT_FOUND'),
  ],
  'payment history': [
    works('carol', 'payment history @pending'),
    fails('olga', 'payment history @pending', 3, 'PAYMENT_NOT_FOUND'),
  ],
  'payment explain': [
    works('carol', 'payment explain @ready'),
    fails('amina', 'payment explain @ready', 5, 'PAYMENT_NOT_EXECUTABLE'),
  ],
  'payment otp': [
    works('carol', 'payment otp @pending --send'),
    fails('carol', 'payment otp @pending --verify --code-stdin', 4, 'OTP_INVALID', { input: 'abcdef' }),
  ],
  'payment execute': [
    works('carol', 'payment execute @ready --yes'),
    fails('carol', 'payment execute @pending --yes', 4, 'PAYMENT_NOT_EXECUTABLE'),
  ],
  'payment resolve': [
    works('carol', 'payment resolve @inFlight --gateway-reference SKJ7X2M9QP'),
    fails('carol', 'payment resolve @pending --gateway-reference X1', 6, 'PAYMENT_NOT_IN_FLIGHT'),
  ],
  'payment wait': [works('carol', 'payment wait @pending'), fails(null, 'payment wait @pending', 4, 'SESSION_MISSING')],
  'payment watch': [
    works('carol', 'payment watch @pending'),
    fails('carol', 'payment watch @pending --for soon', 2, 'DURATION_INVALID'),
  ],
  'payment import-callback': [
    works('carol', 'payment import-callback ~/callback.json', { exit: 10 }),
    fails('amina', 'payment import-callback ~/callback.json', 5, 'ROLE_MISSING'),
  ],
  listen: [works('carol', 'listen --port 0 --for 0min'), fails('carol', 'listen --port door', 2, 'LISTEN_INVALID')],
  'gateway list': [works('carol', 'gateway list'), fails(null, 'gateway list', 4, 'SESSION_MISSING')],
  'gateway set': [
    works(
      'root-admin',
      'gateway set mpesa daraja --base-url https://sandbox.safaricom.co.ke --short-code 600000 --initiator apiuser --result-url https://office.example.org/results',
      { document: 'change' },
    ),
    fails('root-admin', 'gateway set mpesa daraja', 2, 'GATEWAY_INVALID'),
  ],
  'gateway test': [
    works('root-admin', 'gateway test mpesa', { exit: 6, document: 'error' }),
    fails('root-admin', 'gateway test cash', 2, 'CHOICE_UNKNOWN'),
  ],
  'gateway simulate': [
    works(null, 'gateway simulate --for 0min'),
    fails(null, 'gateway simulate --port door', 2, 'SIMULATION_INVALID'),
  ],
  'gateway message list': [
    works('faith', 'gateway message list', { exit: 10 }),
    fails('faith', 'gateway message list --limit few', 2, 'LIMIT_INVALID'),
  ],
  'gateway message show': [
    works('faith', 'gateway message show @message'),
    fails('faith', 'gateway message show msg_zzzzzz', 3, 'GATEWAY_MESSAGE_NOT_FOUND'),
  ],
  'gateway message settle': [
    works('david', 'gateway message settle @message --reason asked'),
    fails('carol', 'gateway message settle @message --reason asked', 5, 'ROLE_MISSING'),
  ],
  'suspense list': [works('david', 'suspense list'), fails(null, 'suspense list', 4, 'SESSION_MISSING')],
  'suspense settle': [
    works('david', 'suspense settle sus_4kq7z2 --reason gone', { exit: 3, document: 'error' }),
    fails('carol', 'suspense settle sus_4kq7z2 --reason gone', 5, 'ROLE_MISSING'),
  ],
  'payment reverse': [
    works('david', 'payment reverse @ready --reason wrong_number --yes'),
    fails('david', 'payment reverse @pending --reason wrong_number --yes', 6, 'PAYMENT_NOT_PAID'),
  ],
  'change list': [
    works('faith', 'change list --status pending'),
    fails('faith', 'change list --status open', 2, 'CHOICE_UNKNOWN'),
  ],
  'change show': [works('faith', 'change show @change'), fails('olga', 'change show @change', 3, 'CHANGE_NOT_FOUND')],
  'change confirm': [
    works('esther', 'change confirm @change --yes'),
    fails('david', 'change confirm @change --yes', 5, 'CHANGE_DECISION_REFUSED'),
  ],
  'change reject': [
    works('david', 'change reject @change2 --reason mistaken'),
    fails('brian', 'change reject @change2', 5, 'NOT_A_CONFIRMER'),
  ],
  'pepper replace': [
    works('root-admin', 'pepper replace --reason lost', { document: 'change' }),
    fails('carol', 'pepper replace --reason lost', 5, 'ROLE_MISSING'),
  ],
  'payment retry': [
    works('carol', 'payment retry @failed'),
    fails('carol', 'payment retry @pending', 6, 'PAYMENT_NOT_FAILED'),
  ],
  'payment cancel': [
    works('carol', 'payment cancel @failed'),
    fails('amina', 'payment cancel @pending', 5, 'ROLE_MISSING'),
  ],
  'batch create': [
    works('amina', 'batch create ~/stipends.csv --fund PETTY --title Stipends'),
    fails('amina', 'batch create ~/letter.txt --fund PETTY', 2, 'BATCH_INVALID'),
  ],
  'batch list': [
    works('carol', 'batch list --status submitted'),
    fails('carol', 'batch list --status open', 2, 'CHOICE_UNKNOWN'),
  ],
  'batch show': [works('carol', 'batch show @batch'), fails('carol', 'batch show bat_zzzzzz', 3, 'BATCH_NOT_FOUND')],
  'batch validate': [
    works('brian', 'batch validate @batch'),
    fails('olga', 'batch validate @batch', 3, 'BATCH_NOT_FOUND'),
  ],
  'batch approve': [
    works('brian', 'batch approve @batch --reason checked'),
    fails('brian', 'batch approve @approvedBatch', 6, 'BATCH_NOT_SUBMITTED'),
  ],
  'batch otp': [
    works('carol', 'batch otp @approvedBatch --send'),
    fails('carol', 'batch otp @approvedBatch --verify --code-stdin', 4, 'OTP_INVALID', { input: 'abcdef' }),
  ],
  'batch execute': [
    works('carol', 'batch execute @readyBatch --yes'),
    fails('carol', 'batch execute @approvedBatch --yes', 4, 'BATCH_NOT_EXECUTABLE'),
  ],
  'batch resume': [
    works('carol', 'batch resume @begunBatch --yes'),
    fails('carol', 'batch resume @approvedBatch --yes', 6, 'BATCH_NOT_EXECUTABLE'),
  ],
  'batch cancel': [
    works('brian', 'batch cancel @batch2 --reason mistaken'),
    fails('faith', 'batch cancel @batch2', 5, 'NOT_THE_REQUESTER'),
  ],
  'batch export': [
    works('faith', 'batch export @readyBatch'),
    fails('olga', 'batch export @readyBatch', 3, 'BATCH_NOT_FOUND'),
  ],
  'replenish check': [
    works('carol', 'replenish check', { exit: 10 }),
    fails('carol', 'replenish check --create', 5, 'ROLE_MISSING'),
  ],
  'replenish request': [
    works('david', 'replenish request BANK --amount 1000 --reason busy'),
    fails('david', 'replenish request BANK --amount -5 --reason busy', 2, 'AMOUNT_INVALID'),
  ],
  'replenish list': [
    works('carol', 'replenish list'),
    fails('carol', 'replenish list --status open', 2, 'CHOICE_UNKNOWN'),
  ],
  'replenish show': [
    works('carol', 'replenish show @toApprove'),
    fails('olga', 'replenish show @toApprove', 3, 'REPLENISHMENT_NOT_FOUND'),
  ],
  'replenish approve': [
    works('esther', 'replenish approve @toApprove'),
    fails('david', 'replenish approve @toApprove', 5, 'ROLE_MISSING'),
  ],
  'replenish fund': [
    works('david', 'replenish fund @toApprove --reference CHQ-1'),
    fails('david', 'replenish fund @toReject --reference CHQ-2', 6, 'REPLENISHMENT_NOT_APPROVED'),
  ],
  'replenish reject': [
    works('esther', 'replenish reject @toReject --reason no'),
    fails('esther', 'replenish reject rep_zzzzzz', 3, 'REPLENISHMENT_NOT_FOUND'),
  ],
  'ledger list': [
    works('faith', 'ledger list --fund PETTY'),
    fails('faith', 'ledger list --kind shoe', 2, 'CHOICE_UNKNOWN'),
  ],
  'ledger show': [
    works('faith', 'ledger show @entry'),
    fails('faith', 'ledger show led_zzzzzz', 3, 'LEDGER_ENTRY_NOT_FOUND'),
  ],
  'ledger verify': [works('faith', 'ledger verify'), fails('faith', 'ledger verify --fund NONE', 3, 'FUND_NOT_FOUND')],
  reconcile: [
    works('david', 'reconcile ~/mpesa.csv --fund MPESA', { exit: 10 }),
    fails('carol', 'reconcile ~/mpesa.csv --fund MPESA', 5, 'ROLE_MISSING'),
  ],
  'reconcile apply': [
    works('esther', 'reconcile apply ~/plan.json', { exit: 10 }),
    fails('david', 'reconcile apply ~/list.csv', 2, 'PLAN_INVALID'),
  ],
  'reconcile status': [
    works('faith', 'reconcile status'),
    fails('faith', 'reconcile status --fund NONE', 3, 'FUND_NOT_FOUND'),
  ],
  'reconcile unmatched': [
    works('faith', 'reconcile unmatched --fund MPESA'),
    fails('faith', 'reconcile unmatched --since 01/02/2026', 2, 'DATE_INVALID'),
  ],
  'reconcile match': [
    works('david', 'reconcile match @line @paid'),
    fails('david', 'reconcile match @line @paid2', 6, 'AMOUNTS_DIFFER'),
  ],
  'reconcile payment': [
    works('david', 'reconcile payment @paid2 --reason seen'),
    fails('david', 'reconcile payment @pending', 6, 'PAYMENT_NOT_PAID'),
  ],
  'statement list': [
    works('faith', 'statement list --fund MPESA'),
    fails('faith', 'statement list --fund NONE', 3, 'FUND_NOT_FOUND'),
  ],
  'reconcile profile add': [
    works('david', `reconcile profile add stanbic --sample ~/bank.csv ${BANK_COLUMNS}`),
    fails('david', `reconcile profile add equity --sample ~/bank.csv ${BANK_COLUMNS}`, 7, 'PROFILE_EXISTS'),
  ],
  'reconcile profile list': [
    works('faith', 'reconcile profile list'),
    fails('faith', 'reconcile profile list all', 2, 'TOO_MANY_ARGUMENTS'),
  ],
  'reconcile profile show': [
    works('faith', 'reconcile profile show equity'),
    fails('faith', 'reconcile profile show none', 3, 'PROFILE_NOT_FOUND'),
  ],
  'reconcile fee add': [
    works('david', 'reconcile fee add within --fund MPESA --within --tariff 100:0,*:13', { document: 'change' }),
    fails('david', 'reconcile fee add within --fund MPESA --within --tariff 100:5,50:7', 2, 'TARIFF_INVALID'),
  ],
  'reconcile fee list': [
    works('faith', 'reconcile fee list --fund MPESA'),
    fails('faith', 'reconcile fee list --status open', 2, 'CHOICE_UNKNOWN'),
  ],
  'reconcile fee show': [
    works('faith', 'reconcile fee show charges --fund MPESA'),
    fails('olga', 'reconcile fee show charges', 3, 'FEE_RULE_NOT_FOUND'),
  ],
  'reconcile fee end': [
    works('david', 'reconcile fee end charges --fund MPESA --reason over'),
    fails('carol', 'reconcile fee end charges --fund MPESA --reason over', 5, 'ROLE_MISSING'),
  ],
  'reconcile undo': [
    works('david', 'reconcile undo @match --reason mistaken'),
    fails('david', 'reconcile undo mat_zzzzzz', 3, 'MATCH_NOT_FOUND'),
  ],
  'variance record': [
    works('david', 'variance record @inFlight --adjusted 990 --reason receipt'),
    fails('david', 'variance record @pending --adjusted 990 --reason receipt', 6, 'PAYMENT_NOT_PAID'),
  ],
  'variance list': [
    works('carol', 'variance list --status pending'),
    fails('carol', 'variance list --status open', 2, 'CHOICE_UNKNOWN'),
  ],
  'variance show': [
    works('carol', 'variance show @variance'),
    fails('olga', 'variance show @variance', 3, 'VARIANCE_NOT_FOUND'),
  ],
  'variance approve': [
    works('esther', 'variance approve @variance --yes'),
    fails('david', 'variance approve @variance --yes', 5, 'ROLE_MISSING'),
  ],
  'variance reject': [
    works('esther', 'variance reject @variance2 --reason misread'),
    fails('esther', 'variance reject @variance --reason misread', 6, 'VARIANCE_NOT_PENDING'),
  ],
  'schedule add': [
    works('carol', 'schedule add @readyMpesa --at 2h'),
    fails('carol', 'schedule add @pending --cron *_*_*_*_*', 2, 'SCHEDULE_KIND'),
  ],
  'schedule list': [
    works('carol', 'schedule list --status active'),
    fails('carol', 'schedule list --status open', 2, 'CHOICE_UNKNOWN'),
  ],
  'schedule pause': [
    works('carol', 'schedule pause @schedule'),
    fails('carol', 'schedule pause sch_zzzzzz', 3, 'SCHEDULE_NOT_FOUND'),
  ],
  'schedule resume': [
    works('carol', 'schedule resume @schedule'),
    fails('grace', 'schedule resume @schedule', 5, 'NOT_THE_SCHEDULER'),
  ],
  'schedule remove': [
    works('carol', 'schedule remove @schedule'),
    fails('amina', 'schedule remove @schedule', 5, 'ROLE_MISSING'),
  ],
  'schedule run-due': [works('david', 'schedule run-due'), fails('carol', 'schedule run-due', 5, 'ROLE_MISSING')],
  'schedule crontab': [
    works('david', 'schedule crontab --token-file ~/list.csv'),
    fails('david', 'schedule crontab --token-file ~/none.token', 2, 'CRONTAB_WITHOUT_TOKEN'),
  ],
  'worker run': [
    works('david', 'worker run --once'),
    fails('david', 'worker run --once --until-empty', 2, 'ONE_WAY_ONLY'),
  ],
  'alert list': [
    works('carol', 'alert list --status open'),
    fails('carol', 'alert list --status new', 2, 'CHOICE_UNKNOWN'),
  ],
  'alert ack': [
    works('david', 'alert ack @alert --reason seen'),
    fails('carol', 'alert ack @alert', 5, 'ROLE_MISSING'),
  ],
  'webhook add': [
    works('root-admin', 'webhook add http://127.0.0.1:9/hook --events payment.executed --secret-out ~/hook.secret'),
    fails('root-admin', 'webhook add http://example.org --secret-out ~/other.secret', 2, 'WEBHOOK_INVALID'),
  ],
  'webhook list': [works('root-admin', 'webhook list'), fails('carol', 'webhook list', 5, 'ROLE_MISSING')],
  'webhook remove': [
    works('root-admin', 'webhook remove @webhook'),
    fails('root-admin', 'webhook remove whk_zzzzzz', 3, 'WEBHOOK_NOT_FOUND'),
  ],
  'bankfile export': [
    works('carol', 'bankfile export --fund BANK --out ~/payments.xml'),
    fails('carol', 'bankfile export --fund BANK --out ~/letter.txt', 2, 'FILE_EXISTS'),
  ],
  'bankfile list': [
    works('faith', 'bankfile list --fund BANK'),
    fails('faith', 'bankfile list --fund NONE', 3, 'FUND_NOT_FOUND'),
  ],
  'bankfile show': [
    works('faith', 'bankfile show @bankFile'),
    fails('olga', 'bankfile show @bankFile', 3, 'BANK_FILE_NOT_FOUND'),
  ],
  'bankfile layout add': [
    works('david', 'bankfile layout add kcb-bulk --file ~/layout.toml'),
    fails('david', 'bankfile layout add generic --file ~/layout.toml', 7, 'LAYOUT_EXISTS'),
  ],
  'bankfile layout list': [
    works('faith', 'bankfile layout list'),
    fails('faith', 'bankfile layout list all', 2, 'TOO_MANY_ARGUMENTS'),
  ],
  'bankfile layout show': [
    works('faith', 'bankfile layout show generic'),
    fails('faith', 'bankfile layout show none', 3, 'LAYOUT_NOT_FOUND'),
  ],
  'bankfile import': [
    works('david', 'bankfile import ~/report.xml'),
    fails('david', 'bankfile import ~/letter.txt', 2, 'STATEMENT_UNREADABLE'),
  ],
  'audit log': [works('faith', 'audit log --limit 5'), fails('carol', 'audit log', 5, 'ROLE_MISSING')],
  'audit verify': [
    works('faith', 'audit verify'),
    fails('faith', `audit verify --head ${'0'.repeat(64)}`, 11, 'HEAD_UNKNOWN'),
  ],
  'guard show': [works('faith', 'guard show'), fails('carol', 'guard show', 5, 'ROLE_MISSING')],
  'guard accept': [
    works('root-admin', 'guard accept clock --reason right'),
    fails('esther', 'guard accept clock --reason right', 5, 'ROLE_MISSING'),
  ],
  doctor: [works('root-admin', 'doctor'), fails(null, 'doctor now', 2, 'TOO_MANY_ARGUMENTS')],
  logout: [works('grace', 'logout'), fails(null, 'logout', 4, 'SESSION_MISSING')],
};

/** Commands that are proved elsewhere: the demo is played as a whole in secrets.test.ts, and an address takes a test in webhooks.test.ts. */
export const ELSEWHERE = ['demo', 'webhook test'];

/** Makes what the calls are about. */
export async function thingsFor(office: DemoOffice): Promise<Things> {
  const submitted = async (): Promise<string> => {
    const line =
      'requisition create --payee Jane --amount 100 --purpose Taxi --method cash --to Jane --branch WESTLANDS';
    return (await office.data<{ number: string }>('amina', line.split(' '))).number;
  };
  await office.enrolled('musa');
  const inFlight = await office.ready({ method: 'bank' });
  const failed = await office.ready({ method: 'bank' });
  for (const ref of [inFlight, failed]) await office.as('carol', ['payment', 'execute', ref, '--yes']);
  await office.as('david', ['payment', 'resolve', failed, '--not-paid', '--reason', 'never left', '--yes']);
  const low = ['--reorder-level', '100', '--imprest-level', '500', '--company', 'ACME'];
  const funds = [];
  for (const code of ['LOW-A', 'LOW-B'])
    funds.push(
      await office.data<{ open_replenishment: string }>('david', [
        'fund',
        'create',
        code,
        '--name',
        code,
        '--opening',
        '50',
        ...low,
      ]),
    );
  const count = async (fund: string, counted: string): Promise<string> =>
    (
      await office.data<{ ref: string }>('david', [
        ...['variance', 'record', '--fund', fund, '--counted', counted, '--reason', 'evening count'],
      ])
    ).ref;
  const [entry] = await office.data<{ ref: string }[]>('faith', ['ledger', 'list', '--fund', 'PETTY']);
  return {
    home: office.home,
    ref: {
      ...{ inFlight, failed, entry: entry?.ref ?? '' },
      submitted: await submitted(),
      submitted2: await submitted(),
      submitted3: await submitted(),
      approved: (await office.requisition()).number,
      approved2: (await office.requisition()).ref,
      pending: await office.payment(),
      ready: await office.ready(),
      readyMpesa: await office.ready({ method: 'mpesa' }),
      schedule: await scheduleOf(office),
      variance: await count('MPESA', '249,990'),
      variance2: await count('PETTY', '49,990'),
      toApprove: funds[0]?.open_replenishment ?? '',
      toReject: funds[1]?.open_replenishment ?? '',
    },
  };
}

/** An alert about a fund that is low. */
export async function alertOf(office: DemoOffice): Promise<string> {
  const levels = ['--opening', '1', '--reorder-level', '5', '--imprest-level', '9', '--company', 'ACME'];
  const create = ['fund', 'create', 'ALERTING', '--name', 'Alerting', '--no-auto-replenish', ...levels];
  const made = await office.data<{ ref: string }>('david', create);
  if (made.ref.startsWith('chg_')) await office.data('esther', ['change', 'confirm', made.ref, '--yes']);
  await raiseAlerts(office.store);
  const alerts = await office.data<{ ref: string; subject: string }[]>('david', ['alert', 'list']);
  return alerts.find(({ subject }) => subject === 'ALERTING')?.ref ?? '';
}

/** A message that says that an order of nobody failed. */
export async function messageOf(office: DemoOffice): Promise<string> {
  const file = join(office.home, 'stray.json');
  const raw = {
    Result: { ResultCode: 1, ResultDesc: 'The balance is insufficient.', OriginatorConversationID: 'NOBODY' },
  };
  writeFileSync(file, JSON.stringify(raw));
  const run = await office.as('carol', ['payment', 'import-callback', file, '--json']);
  const { data } = (await answerOf(run)) as unknown as { data: { ref: string }[] };
  return data[0]?.ref ?? '';
}

/** An address on this machine where nobody listens. */
export async function webhookOf(office: DemoOffice): Promise<string> {
  const file = join(office.home, `hook-${randomUUID()}.secret`);
  const add = ['webhook', 'add', 'http://127.0.0.1:9/', '--events', 'payment.executed', '--secret-out', file];
  return (await office.data<{ ref: string }>('root-admin', add)).ref;
}

/** A payment that Carol has scheduled. */
async function scheduleOf(office: DemoOffice): Promise<string> {
  const add = ['schedule', 'add', await office.ready({ method: 'mpesa' }), '--at', '1d'];
  return (await office.data<{ ref: string }>('carol', add)).ref;
}

/**
 * The things with those that are made only before the first call about them: once the office has paid, what opens doors is no
 * more than proposed.
 */
export const thingsBefore = async (path: string, office: DemoOffice, { home, ref }: Things): Promise<Things> => ({
  home,
  ref: { ...ref, ...(await (BEFORE[path]?.(office) ?? {})) },
});

const BEFORE: Readonly<Record<string, (office: DemoOffice) => Promise<Readonly<Record<string, string>>>>> = {
  'alert ack': async (office) => ({ alert: await alertOf(office) }),
  'gateway message list': async (office) => ({ message: await messageOf(office) }),
  // The same message again where there is one already.
  'gateway message settle': async (office) => ({ message: await messageOf(office) }),
  'webhook remove': async (office) => ({ webhook: await webhookOf(office) }),
  reconcile: statementThings,
  'batch create': batchThings,
  'bankfile export': async (office) => {
    layoutFile(office, 'layout.toml');
    return { bankFile: (await bankFileThings(office)).messageId };
  },
};

/** A list for a batch, and batches that have come as far as the calls about them need; codes are good for five minutes. */
async function batchThings(office: DemoOffice): Promise<Readonly<Record<string, string>>> {
  const rows = [{ amount: '100.50' }, { method: 'mpesa', amount: '150' }] as const;
  writeFileSync(join(office.home, 'stipends.csv'), batchFile(rows));
  return {
    batch: await aBatch(office, 'submitted'),
    batch2: await aBatch(office, 'submitted'),
    approvedBatch: await aBatch(office, 'approved'),
    begunBatch: await aBatch(office, 'begun'),
    readyBatch: await aBatch(office, 'ready'),
  };
}

/** A statement that was imported: one payment matched, one line that only a person can tie to its payment, and another payment. */
export async function statementThings(office: DemoOffice): Promise<Readonly<Record<string, string>>> {
  await feeRule(office, 'charges', ['--contains', 'charge', '--tariff', '100:0,500:7,*:13']);
  await paidThroughMpesa(office, 'SKC1MATCH1', '100.00');
  const paid = await paidThroughMpesa(office, 'SKC2OTHER2', '200.00');
  const paid2 = await paidThroughMpesa(office, 'SKC3THIRD3', '300.00');
  const rows = [
    { receipt: 'SKC1MATCH1', amount: -100 },
    { receipt: 'SKC9LOST99', amount: -200 },
  ];
  const file = statementFile(office, 'mpesa.csv', 250_000, rows);
  writeFileSync(join(office.home, 'bank.csv'), BANK_FILE);
  const run = await office.as('david', ['reconcile', file, '--fund', 'MPESA', '--auto', '--json']);
  const { data } = (await answerOf(run)) as unknown as {
    data: { matched: { ref: string }[]; exceptions: { kind: string; line: { ref: string } | null }[] };
  };
  await office.as('david', ['reconcile', file, '--fund', 'MPESA', '--out', join(office.home, 'plan.json'), '--json']);
  const line = data.exceptions.find(({ kind }) => kind === 'statement_only')?.line?.ref ?? '';
  return { paid, paid2, line, match: data.matched[0]?.ref ?? '' };
}

/** A fee rule of the M-Pesa fund that David proposed and Esther confirmed. */
async function feeRule(office: DemoOffice, name: string, terms: readonly string[]): Promise<void> {
  const add = ['reconcile', 'fee', 'add', name, '--fund', 'MPESA', ...terms];
  const { ref } = await office.data<{ ref: string }>('david', add);
  await office.data('esther', ['change', 'confirm', ref, '--yes']);
}
