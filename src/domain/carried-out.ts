/** What became of something that was due. */
export interface CarriedOut {
  /** Reference of the schedule, attempt or message, or the name of what is always looked after. */
  readonly what: string;
  /** The payment or job. */
  readonly subject: string;
  readonly outcome: 'done' | 'failed' | 'refused';
  readonly detail: string;
}
