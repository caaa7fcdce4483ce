import { usage } from '../problem.ts';
import { quoted } from '../quoted.ts';
import type { BankfileSettings } from '../rail.ts';
import { debtorName, type BankFile } from './bank-order.ts';
import { bankCsv, type CsvLayout } from './csv-layout.ts';
import { pain001 } from './pain001.ts';

type Debtor = BankFile['debtor'];

export const BANK_FILE_FORMATS = ['pain001.03', 'pain001.09', 'csv'] as const;

/** What kind of file is wished for: an ISO 20022 message, or rows in a layout, by its name. */
export type WishedFile =
  | { readonly format: 'pain001.03' | 'pain001.09' }
  | { readonly format: 'csv'; readonly layout: string };

/** What kind of file is written. */
export type FileKind =
  | { readonly format: 'pain001.03' | 'pain001.09' }
  | { readonly format: 'csv'; readonly layout: CsvLayout };

/**
 * The kind of file that the options name: pain001.09 unless something is said, CSV for a layout, which need not be there. Throws usage
 * BANK_FILE_FORMAT_UNKNOWN or FLAGS_CONTRADICT.
 */
export function wishedFile(format: string | null, layout: string | null): WishedFile {
  const unchanged = 'Nothing was exported.';
  const known = BANK_FILE_FORMATS.find((one) => one === (format ?? (layout === null ? 'pain001.09' : 'csv')));
  if (known === undefined)
    throw usage(
      'BANK_FILE_FORMAT_UNKNOWN',
      `--format ${quoted(format ?? '')} is none of ${BANK_FILE_FORMATS.join(', ')}.`,
      { unchanged },
    );
  if (known === 'csv') return { format: 'csv', layout: layout ?? USUAL_LAYOUT };
  if (layout === null) return { format: known };
  throw usage('FLAGS_CONTRADICT', `--layout is for csv; ${known} has none.`, { unchanged });
}

const USUAL_LAYOUT = 'generic';

/** A file's text in its kind. */
export const bankFileText = (file: BankFile, kind: FileKind): string =>
  kind.format === 'csv' ? bankCsv(file, kind.layout) : pain001(file, kind.format === 'pain001.03' ? '03' : '09');

/** Who pays, as a file names them. Throws for a name that the settings should not have taken. */
export function debtorOf({ debtorName: written, debtorBic, debtorBank, debtorAccount }: BankfileSettings): Debtor {
  const name = debtorName(written);
  if (name === null) throw new Error(`the debtor ${written} has no letter that banks take`);
  return { name, account: { code: debtorBank, bic: debtorBic, name: null, number: debtorAccount } };
}
