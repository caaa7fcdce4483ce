/** The columns of a table without what lets somebody in: most who read a row need not see it, and an auditor's role may not. */
export function columnsWithout<Columns extends object, Key extends keyof Columns & string>(
  columns: Columns,
  secret: Key,
): Omit<Columns, Key> {
  const { [secret]: _, ...seen } = columns;
  return seen;
}
