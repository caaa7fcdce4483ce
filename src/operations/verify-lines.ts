import { CLOCK_TOLERANCE_MS } from '../domain/clock.ts';
import { fundChain } from '../store/audit-chain.ts';
import { MOST_BROKEN, type Broken, type Invariant } from '../store/invariants/invariant.ts';
import type { Row } from '../store/tables.ts';
import { TextDigest } from '../store/text-digest.ts';
import type { Tx } from '../store/transaction.ts';
import { linesBehind, statementsWithLines, vouchedImports, type VouchedImport } from '../store/vouched-lines.ts';
import { lineDigestText } from './import-statement.ts';
import { identityOf } from './line-identity.ts';

const LINES_AT_ONCE = 2_000;

/** Invariant 10 of statements: their lines say what they said when they came. */
export const LINES: readonly Invariant[] = [
  {
    id: 'lines_told',
    number: 10,
    title: 'Every line of a statement says what it said when it came, as the event of its import vouches',
    find: findAltered,
  },
];

/** What came in one file. */
interface Came {
  readonly statements: Row<'statements'>[];
  readonly vouched: VouchedImport | null;
}

async function findAltered(tx: Tx, fundId: string | null): Promise<Broken[]> {
  const { came, missing } = imports(await vouchedImports(tx), await statementsWithLines(tx), fundId);
  const broken = missing.map(({ run }) => fault(run, `the statement that ${run} imported is gone`));
  for (const one of came) {
    if (broken.length > MOST_BROKEN) break;
    broken.push(...(await faultsOf(tx, one)));
  }
  return broken.slice(0, MOST_BROKEN + 1);
}

/** The statements of each file with the event that vouches for their lines, and events whose statements are gone. */
function imports(
  vouched: readonly VouchedImport[],
  statements: readonly { readonly statement: Row<'statements'>; readonly fund: string }[],
  fundId: string | null,
): { came: Came[]; missing: VouchedImport[] } {
  const left = new Set(vouched.filter(({ newLines }) => newLines > 0));
  const asked = statements.filter(({ statement }) => fundId === null || statement.fundId === fundId);
  const files = Map.groupBy(asked, ({ statement: { fileDigest, createdAt }, fund }) =>
    JSON.stringify([fund, fileDigest, createdAt]),
  );
  const came = [...files.values()].map((rows): Came => {
    const [first] = rows;
    const event = [...left].find((one) => first !== undefined && isOf(one, first));
    if (event !== undefined) left.delete(event);
    return { statements: rows.map(({ statement }) => statement), vouched: event ?? null };
  });
  return { came, missing: fundId === null ? [...left] : [] };
}

const isOf = (
  { chain, file, at }: VouchedImport,
  { statement, fund }: { readonly statement: Row<'statements'>; readonly fund: string },
): boolean =>
  chain === fundChain(fund) &&
  file === statement.fileDigest &&
  Math.abs(at.getTime() - statement.createdAt.getTime()) <= CLOCK_TOLERANCE_MS;

async function faultsOf(tx: Tx, { statements, vouched }: Came): Promise<Broken[]> {
  const subject = statements.at(-1)?.ref ?? '';
  if (vouched === null) return [fault(subject, `no event vouches for the lines of statement ${subject}`)];
  const digest = new TextDigest();
  const altered: Broken[] = [];
  for (const { id: statementId } of statements) {
    for (let after = -1; ;) {
      const page = await linesBehind(tx, { statementId, after, limit: LINES_AT_ONCE });
      for (const line of page) {
        digest.add(lineDigestText(line));
        if (altered.length <= MOST_BROKEN && identityOf(asItCame(line)) !== line.identity)
          altered.push(fault(line.ref, `line ${line.ref} does not say what it said when it came`));
      }
      const last = page.at(-1);
      if (last === undefined || page.length < LINES_AT_ONCE) break;
      after = last.seq;
    }
  }
  if (digest.hex() !== vouched.linesDigest)
    altered.push(fault(subject, `statement ${subject} has other lines than ${vouched.run} imported`));
  return altered;
}

const asItCame = (line: Row<'statementLines'>): Parameters<typeof identityOf>[0] => ({
  ...line,
  references: JSON.parse(line.references) as string[],
});

const fault = (subject: string, message: string): Broken => ({ subject, message, facts: {} });
