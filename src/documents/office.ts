import type { Row } from '../store/tables.ts';

export interface OfficeDocument {
  /** Whether this very command set the office up. */
  readonly created: boolean;
  readonly database: string;
  readonly company: string | null;
  readonly admin: string | null;
  readonly currency: string;
  readonly timezone: string;
  readonly mail_url: string;
  readonly mail_from: string;
  readonly pepper_file: string;
  readonly pepper_fingerprint: string;
  readonly created_at: string | null;
}

/** The office as `init` made or found it; company and admin are its first ones. */
export const officeDocument = (
  office: Pick<Row<'office'>, 'currency' | 'timezone' | 'mailUrl' | 'mailFrom' | 'pepperFingerprint'> & {
    createdAt: Date | null;
  },
  around: { created: boolean; database: string; company: string | null; admin: string | null; pepperFile: string },
): OfficeDocument => ({
  created: around.created,
  database: around.database,
  company: around.company,
  admin: around.admin,
  currency: office.currency,
  timezone: office.timezone,
  mail_url: office.mailUrl,
  mail_from: office.mailFrom,
  pepper_file: around.pepperFile,
  pepper_fingerprint: office.pepperFingerprint,
  created_at: office.createdAt?.toISOString() ?? null,
});
