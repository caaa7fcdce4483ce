import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { confirmChange } from '../../src/operations/decide-change.ts';
import { setGateway } from '../../src/operations/set-gateway.ts';
import { isProposed } from '../../src/operations/two-people.ts';
import { statusReport, transferSaid } from '../support/a-bank.ts';
import type { DemoOffice } from './demo-office.ts';

/** A file for the bank as the tool tells of it. */
export interface ExportedFile {
  readonly message_id: string;
  readonly file: string;
  readonly sha256: string;
  readonly count: number;
  readonly total: string;
  readonly exported_before: boolean;
  readonly payments: readonly { readonly payment: string; readonly key: string; readonly status: string }[];
}

/** Lets an office pay its bank through files. */
export async function payByFile({ store, actor }: DemoOffice): Promise<void> {
  const answer = await setGateway(store, await actor('root-admin'), {
    method: 'bank',
    kind: 'bankfile',
    typed: { debtorName: 'Acme Ltd', debtorAccount: '9988776655', debtorBank: '01100', debtorBic: 'KCBLKENX' },
    reason: null,
  });
  if (isProposed(answer))
    await confirmChange(store, await actor('esther'), { change: answer.proposed.change.ref, reason: null });
}

/** A payment of the bank's fund that Carol has executed: its money is reserved, and it waits for a file. */
export async function waitingForFile(office: DemoOffice, amount = '1000'): Promise<string> {
  const ref = await office.ready({ method: 'bank', fund: 'BANK', amount });
  const run = await office.as('carol', ['payment', 'execute', ref, '--yes', '--json']);
  if (run.exitCode !== 8) throw new Error(`payment execute ended with ${run.exitCode}:\n${run.stdout}`);
  return ref;
}

/** Exports what waits. */
export const exported = (office: DemoOffice, name: string, more: readonly string[] = []): Promise<ExportedFile> =>
  office.data('carol', ['bankfile', 'export', '--fund', 'BANK', '--out', join(office.home, name), ...more]);

/** Writes what a bank says of a file; each payment's status in the order of the file. */
export function reportFile(office: DemoOffice, name: string, of: ExportedFile, statuses: readonly string[]): string {
  const transfers = of.payments.map(({ key }, at) => transferSaid(key, statuses[at] ?? 'PDNG')).join('');
  const file = join(office.home, name);
  writeFileSync(file, statusReport(of.message_id, { transfers, id: name }));
  return file;
}

export const bytesOf = (file: string): Buffer => readFileSync(file);

/** Writes the layout of a bank that wants semicolons, its own type of payment, and days as they are written in Kenya. */
export function layoutFile(office: DemoOffice, name: string, { separator = ';', more = '' } = {}): string {
  const columns = [
    ['Ref', 'field = "key"'],
    ['Type', 'text = "RTGS"'],
    ['Name', 'field = "payee"\nlongest = 35'],
    ['Account', 'field = "account"\nneeded = true'],
    ['Amount', 'field = "amount"'],
    ['Value Date', 'field = "date"'],
  ].map(([title = '', holds = '']) => `[[columns]]\ntitle = "${title}"\n${holds}\n`);
  const file = join(office.home, name);
  writeFileSync(
    file,
    `title = "KCB bulk"\nseparator = "${separator}"\ndate = "DD/MM/YYYY"\n${columns.join('')}${more}`,
  );
  return file;
}

/** A payment that waits for a file, and a bank's report on a file with two others. */
export async function bankFileThings(
  office: DemoOffice,
): Promise<{ readonly report: string; readonly messageId: string }> {
  await payByFile(office);
  await waitingForFile(office, '100');
  await waitingForFile(office, '200');
  const file = await exported(office, 'earlier.xml');
  await waitingForFile(office, '300');
  return { report: reportFile(office, 'report.xml', file, ['ACSC', 'RJCT']), messageId: file.message_id };
}
