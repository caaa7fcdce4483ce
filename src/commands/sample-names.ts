/** What stands in the help for things that every office names otherwise; the tests put real ones in their place. */
const SAMPLES: Readonly<Record<string, string>> = {
  PAYMENT: 'pay_7f3k2m',
  READY: 'pay_7f3k2m',
  READY_MPESA: 'pay_9xw2c4',
  IN_FLIGHT: 'pay_9xw2c4',
  FAILED: 'pay_3n8t5d',
  REQUISITION: 'REQ-2026-00012',
  REFERENCE: 'SKJ7X2M9QP',
  CODE: '"$CODE"',
  APP_CODE: '"$CODE"',
  RECOVERY_CODE: '"$RECOVERY_CODE"',
  REPLENISHMENT: 'rep_4k7m2x',
  PENDING_REPLENISHMENT: 'rep_4k7m2x',
  APPROVED_REPLENISHMENT: 'rep_4k7m2x',
  VARIANCE: 'var_6n3k8q',
  OTHER_VARIANCE: 'var_2h9c4t',
  ENTRY: 'led_8d2v6q',
  PAID: 'pay_7f3k2m',
  BATCH: 'bat_0g4v7w',
  SUBMITTED_BATCH: 'bat_0g4v7w',
  APPROVED_BATCH: 'bat_0g4v7w',
  READY_BATCH: 'bat_0g4v7w',
  BEGUN_BATCH: 'bat_0g4v7w',
  BATCH_CODE: '"$CODE"',
  CHANGE: 'chg_5t9w3e',
  TOKEN: 'nightly',
  EMPTY_FUND: 'OLD-PETTY',
  HEAD: '4c724a9bdffc6ce6',
  LINE: 'stl_3c9w2k0004',
  MATCH: 'mat_7d2x9q0001',
  PAID_MPESA: 'pay_9xw2c4',
  SUSPENSE: 'sus_4kq7z2',
};

/** An example as a person would type it: `{PAYMENT}` becomes a reference. */
export const asTyped = (example: string): string =>
  example.replaceAll(/\{([A-Z_]+)\}/g, (placeholder, name: string) => SAMPLES[name] ?? placeholder);
