/**
 * A function that does its work at the first call and gives the same answer ever after. What failed is tried anew at the next call: who
 * works for weeks must not keep the failure of a moment in which the database was away.
 */
export const once = <Answer>(work: () => Promise<Answer>): (() => Promise<Answer>) => {
  let answer: Promise<Answer> | undefined;
  return () =>
    (answer ??= work().catch((error: unknown) => {
      answer = undefined;
      throw error;
    }));
};
