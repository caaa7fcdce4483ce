import type Database from 'better-sqlite3';
import { fundChain, OFFICE_CHAIN } from '../audit-chain.ts';
import { unknownChain, proveChain, type AuditFault, type AuditProof, type ChainProof } from '../audit-proof.ts';
import type { ChainHead } from '../audit-records.ts';
import { digestColumns, readOnlyConnection, sqliteSource } from './audit-source.ts';
import { explainSqliteError } from './writing.ts';
import { ledgerEntries, paymentExecutions } from './schema.ts';

/**
 * Proves chains of a SQLite file, in a snapshot of its own. All of them at once go through the fast scan; what that cannot
 * vouch for, and a single fund, is proved chain by chain, which names every fault.
 */
export async function proveSqlite(file: string, wanted: (head: ChainHead) => boolean): Promise<AuditProof> {
  const raw = readOnlyConnection(file);
  try {
    raw.exec('BEGIN');
    const all = readHeads(raw);
    const heads = all.filter(wanted);
    const wholeOffice = heads.length === all.length;
    const fast = wholeOffice ? await scanWhole(raw, file, heads) : null;
    if (fast !== null) return { chains: fast, strays: [] };
    const source = sqliteSource(raw);
    const chains: ChainProof[] = [];
    for (const head of heads) chains.push(await proveChain(source, head));
    return { chains, strays: wholeOffice ? strayChains(raw, all) : [] };
  } catch (error) {
    throw explainSqliteError(error, file);
  } finally {
    raw.close();
  }
}

/** The heads that the office and its funds keep; the office's first, then the funds' by code. */
function readHeads(raw: Database.Database): ChainHead[] {
  const offices = raw.prepare('select head_seq as headSeq, head_hash as headHash from office').all() as Pick<
    ChainHead,
    'headSeq' | 'headHash'
  >[];
  const funds = raw
    .prepare(
      'select id, code, entry_seq as entrySeq, head_seq as headSeq, head_hash as headHash from funds order by code',
    )
    .all() as (Pick<ChainHead, 'headSeq' | 'headHash'> & NonNullable<ChainHead['fund']>)[];
  return [
    ...offices.map((row) => ({ chain: OFFICE_CHAIN, ...row, fund: null })),
    ...funds.map(({ id, code, entrySeq, headSeq, headHash }) => ({
      chain: fundChain(code),
      headSeq,
      headHash,
      fund: { id, code, entrySeq },
    })),
  ];
}

/** Chains that no fund has: one look into the index for each, however many events there are. */
function strayChains(raw: Database.Database, known: readonly ChainHead[]): AuditFault[] {
  const names = new Set<unknown>(known.map((head) => head.chain));
  const next = raw.prepare('select min(chain) from audit_events where chain > ?').pluck();
  const faults: AuditFault[] = [];
  for (let chain = next.get(''); typeof chain === 'string'; chain = next.get(chain)) {
    if (!names.has(chain)) faults.push(unknownChain(chain));
  }
  return faults;
}

async function scanWhole(
  raw: Database.Database,
  file: string,
  heads: readonly ChainHead[],
): Promise<ChainProof[] | null> {
  const [first, last] = raw.prepare('select min(rowid), max(rowid) from audit_events').raw().get() as (number | null)[];
  if (!isPlace(first) || !isPlace(last)) return null;
  if (!rowsAgree(raw, heads)) return null;
  // A module of its own, because its threads load it again.
  const { scanAuditChain } = await import('./scan.ts');
  const chains = await scanAuditChain(
    {
      file,
      first,
      last,
      funds: Object.fromEntries(heads.flatMap(({ chain, fund }) => (fund === null ? [] : [[chain, fund.id]]))),
      entryColumns: digestColumns(ledgerEntries),
      executionColumns: digestColumns(paymentExecutions),
    },
    heads,
  );
  if (chains === null) return null;
  const executions = [...chains.values()].reduce((sum, chain) => sum + chain.executions, 0);
  if (executions !== count(raw, 'payment_executions')) return null;
  return heads.map(({ chain, headHash }) => ({
    chain,
    headHash,
    ...(chains.get(chain) ?? { events: 0, entries: 0, executions: 0 }),
    faults: [],
  }));
}

/** A rowid that JavaScript can tell from the next one; only tampering leads to others. */
const isPlace = (rowid: number | null | undefined): rowid is number => Number.isSafeInteger(rowid);

/** As many rows as the books count, and each payment debited once: then one event for each entry means one for each execution. */
function rowsAgree(raw: Database.Database, heads: readonly ChainHead[]): boolean {
  const booked = heads.reduce((sum, head) => sum + (head.fund?.entrySeq ?? 0), 0);
  if (count(raw, 'ledger_entries') !== booked) return false;
  const twice = raw
    .prepare("select 1 from ledger_entries where kind = 'payment' group by payment_id having count(*) > 1 limit 1")
    .get();
  return twice === undefined;
}

const count = (raw: Database.Database, table: 'ledger_entries' | 'payment_executions'): unknown =>
  raw.prepare(`select count(*) from ${table}`).pluck().get();
