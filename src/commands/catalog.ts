import { BATCHES } from './batch/section.ts';
import { GATEWAYS } from './gateway/section.ts';
import { QUEUE } from './schedule/section.ts';
import type { Section } from './section.ts';

/** Every command there is, in the order of the help. */
export const CATALOG: readonly Section[] = [
  {
    heading: 'Start',
    commands: [
      { name: 'init', load: () => import('./init.ts') },
      { name: 'demo', load: () => import('./demo.ts') },
      { name: 'login', load: () => import('./login.ts') },
      { name: 'logout', load: () => import('./logout.ts') },
      { name: 'whoami', load: () => import('./whoami.ts') },
      { name: 'status', load: () => import('./status.ts') },
      { name: 'migrate', load: () => import('./migrate.ts') },
      { name: 'doctor', load: () => import('./doctor.ts') },
      { name: 'version', load: () => import('./version.ts') },
      { name: 'schema', load: () => import('./schema.ts') },
    ],
    nouns: [
      {
        name: 'user',
        summary: 'People and their roles',
        verbs: [
          { name: 'add', load: () => import('./user/add.ts') },
          { name: 'list', load: () => import('./user/list.ts') },
          { name: 'show', load: () => import('./user/show.ts') },
          { name: 'edit', load: () => import('./user/edit.ts') },
          { name: 'disable', load: () => import('./user/disable.ts') },
          { name: 'enable', load: () => import('./user/enable.ts') },
          { name: 'unlock', load: () => import('./user/unlock.ts') },
          { name: 'role', load: () => import('./user/role.ts') },
          { name: 'password', load: () => import('./user/password.ts') },
          { name: 'totp enroll', load: () => import('./user/totp/enroll.ts') },
          { name: 'totp disable', load: () => import('./user/totp/disable.ts') },
          { name: 'totp recovery', load: () => import('./user/totp/recovery.ts') },
        ],
        groups: { totp: "Codes from an app on one's own phone, instead of by mail" },
      },
      {
        name: 'change',
        summary: 'What one person proposed and another must confirm',
        verbs: [
          { name: 'list', load: () => import('./change/list.ts') },
          { name: 'show', load: () => import('./change/show.ts') },
          { name: 'confirm', load: () => import('./change/confirm.ts') },
          { name: 'reject', load: () => import('./change/reject.ts') },
        ],
      },
      {
        name: 'token',
        summary: 'Keys of your own for cron and scripts',
        verbs: [
          { name: 'create', load: () => import('./token/create.ts') },
          { name: 'list', load: () => import('./token/list.ts') },
          { name: 'revoke', load: () => import('./token/revoke.ts') },
        ],
      },
      {
        name: 'policy',
        summary: 'Who must approve what, within which limits and hours',
        verbs: [
          { name: 'show', load: () => import('./policy/show.ts') },
          { name: 'set', load: () => import('./policy/set.ts') },
          { name: 'explain', load: () => import('./policy/explain.ts') },
          { name: 'test', load: () => import('./policy/test.ts') },
        ],
      },
      {
        name: 'guard',
        summary: 'The clock, and copies of the database',
        verbs: [
          { name: 'show', load: () => import('./guard/show.ts') },
          { name: 'accept', load: () => import('./guard/accept.ts') },
        ],
      },
      {
        name: 'company',
        summary: 'Companies of the office',
        verbs: [{ name: 'add', load: () => import('./company/add.ts') }],
      },
      {
        name: 'region',
        summary: 'Regions of a company',
        verbs: [{ name: 'add', load: () => import('./region/add.ts') }],
      },
      {
        name: 'branch',
        summary: 'Branches of a region',
        verbs: [{ name: 'add', load: () => import('./branch/add.ts') }],
      },
      {
        name: 'org',
        summary: 'Where everything stands',
        verbs: [{ name: 'tree', load: () => import('./org/tree.ts') }],
      },
      {
        name: 'pepper',
        summary: 'The secret that codes are made with',
        verbs: [
          { name: 'show', load: () => import('./pepper/show.ts') },
          { name: 'replace', load: () => import('./pepper/replace.ts') },
        ],
      },
      {
        name: 'config',
        summary: 'Your own settings',
        verbs: [
          { name: 'get', load: () => import('./config/get.ts') },
          { name: 'set', load: () => import('./config/set.ts') },
          { name: 'unset', load: () => import('./config/unset.ts') },
          { name: 'list', load: () => import('./config/list.ts') },
        ],
      },
    ],
  },
  {
    heading: 'Funds',
    commands: [],
    nouns: [
      {
        name: 'fund',
        summary: 'Money of one currency, held somewhere',
        verbs: [
          { name: 'create', load: () => import('./fund/create.ts') },
          { name: 'list', load: () => import('./fund/list.ts') },
          { name: 'show', load: () => import('./fund/show.ts') },
          { name: 'balance', load: () => import('./fund/balance.ts') },
          { name: 'edit', load: () => import('./fund/edit.ts') },
          { name: 'freeze', load: () => import('./fund/freeze.ts') },
          { name: 'unfreeze', load: () => import('./fund/unfreeze.ts') },
          { name: 'close', load: () => import('./fund/close.ts') },
        ],
      },
    ],
  },
  {
    heading: 'Requisitions',
    commands: [],
    nouns: [
      {
        name: 'requisition',
        summary: 'Approved wishes to spend',
        verbs: [
          { name: 'create', load: () => import('./requisition/create.ts') },
          { name: 'import', load: () => import('./requisition/import.ts') },
          { name: 'list', load: () => import('./requisition/list.ts') },
          { name: 'show', load: () => import('./requisition/show.ts') },
          { name: 'approve', load: () => import('./requisition/approve.ts') },
          { name: 'reject', load: () => import('./requisition/reject.ts') },
          { name: 'amend', load: () => import('./requisition/amend.ts') },
          { name: 'cancel', load: () => import('./requisition/cancel.ts') },
        ],
      },
    ],
  },
  {
    heading: 'Payments',
    commands: [],
    nouns: [
      {
        name: 'payment',
        summary: 'Orders to pay, their codes and their proof',
        verbs: [
          { name: 'create', load: () => import('./payment/create.ts') },
          { name: 'list', load: () => import('./payment/list.ts') },
          { name: 'show', load: () => import('./payment/show.ts') },
          { name: 'history', load: () => import('./payment/history.ts') },
          { name: 'explain', load: () => import('./payment/explain.ts') },
          { name: 'otp', load: () => import('./payment/otp.ts') },
          { name: 'execute', load: () => import('./payment/execute.ts') },
          { name: 'resolve', load: () => import('./payment/resolve.ts') },
          { name: 'wait', load: () => import('./payment/wait.ts') },
          { name: 'watch', load: () => import('./payment/watch.ts') },
          { name: 'import-callback', load: () => import('./payment/import-callback.ts') },
          { name: 'retry', load: () => import('./payment/retry.ts') },
          { name: 'cancel', load: () => import('./payment/cancel.ts') },
          { name: 'reverse', load: () => import('./payment/reverse.ts') },
        ],
      },
    ],
  },
  BATCHES,
  {
    heading: 'Replenishment',
    commands: [],
    nouns: [
      {
        name: 'replenish',
        summary: 'Topping funds up',
        verbs: [
          { name: 'check', load: () => import('./replenish/check.ts') },
          { name: 'request', load: () => import('./replenish/request.ts') },
          { name: 'list', load: () => import('./replenish/list.ts') },
          { name: 'show', load: () => import('./replenish/show.ts') },
          { name: 'approve', load: () => import('./replenish/approve.ts') },
          { name: 'reject', load: () => import('./replenish/reject.ts') },
          { name: 'fund', load: () => import('./replenish/fund.ts') },
        ],
      },
    ],
  },
  {
    heading: 'Books',
    commands: [],
    nouns: [
      {
        name: 'ledger',
        summary: 'The books of every fund',
        verbs: [
          { name: 'list', load: () => import('./ledger/list.ts') },
          { name: 'show', load: () => import('./ledger/show.ts') },
          { name: 'verify', load: () => import('./ledger/verify.ts') },
        ],
      },
      {
        name: 'audit',
        summary: 'Who did what, when, provably',
        verbs: [
          { name: 'log', load: () => import('./audit/log.ts') },
          { name: 'verify', load: () => import('./audit/verify.ts') },
        ],
      },
    ],
  },
  {
    heading: 'Reconciliation',
    commands: [{ name: 'reconcile', load: () => import('./reconcile.ts') }],
    nouns: [
      {
        name: 'reconcile',
        summary: 'Statements and the book, line by line',
        verbs: [
          { name: 'apply', load: () => import('./reconcile/apply.ts') },
          { name: 'status', load: () => import('./reconcile/status.ts') },
          { name: 'unmatched', load: () => import('./reconcile/unmatched.ts') },
          { name: 'match', load: () => import('./reconcile/match.ts') },
          { name: 'undo', load: () => import('./reconcile/undo.ts') },
          { name: 'payment', load: () => import('./reconcile/payment.ts') },
          { name: 'profile list', load: () => import('./reconcile/profile/list.ts') },
          { name: 'profile show', load: () => import('./reconcile/profile/show.ts') },
          { name: 'profile add', load: () => import('./reconcile/profile/add.ts') },
          { name: 'fee list', load: () => import('./reconcile/fee/list.ts') },
          { name: 'fee show', load: () => import('./reconcile/fee/show.ts') },
          { name: 'fee add', load: () => import('./reconcile/fee/add.ts') },
          { name: 'fee end', load: () => import('./reconcile/fee/end.ts') },
        ],
        groups: {
          profile: 'What the columns of CSV files of banks mean',
          fee: 'Rules by which fees on statements are booked',
        },
      },
      {
        name: 'statement',
        summary: 'What banks and M-Pesa say happened',
        verbs: [
          { name: 'show', load: () => import('./statement/show.ts') },
          { name: 'list', load: () => import('./statement/list.ts') },
        ],
      },
      {
        name: 'variance',
        summary: 'Differences found after the fact, in payments and in counts',
        verbs: [
          { name: 'record', load: () => import('./variance/record.ts') },
          { name: 'list', load: () => import('./variance/list.ts') },
          { name: 'show', load: () => import('./variance/show.ts') },
          { name: 'approve', load: () => import('./variance/approve.ts') },
          { name: 'reject', load: () => import('./variance/reject.ts') },
        ],
      },
    ],
  },
  QUEUE,
  GATEWAYS,
];
