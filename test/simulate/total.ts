/** What many worlds came to together. */
export interface Total {
  readonly worlds: number;
  readonly failed: number;
  readonly paid: number;
  readonly suspended: number;
  readonly crashes: number;
}

export const NOTHING: Total = { worlds: 0, failed: 0, paid: 0, suspended: 0, crashes: 0 };

export const added = (a: Total, b: Total): Total => ({
  worlds: a.worlds + b.worlds,
  failed: a.failed + b.failed,
  paid: a.paid + b.paid,
  suspended: a.suspended + b.suspended,
  crashes: a.crashes + b.crashes,
});
