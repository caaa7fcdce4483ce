/** A function that does its work at the first call and gives the same answer ever after. */
export const once = <Answer>(work: () => Promise<Answer>): (() => Promise<Answer>) => {
  let answer: Promise<Answer> | undefined;
  return () => (answer ??= work());
};
