import { gunzipSync } from 'node:zlib';
import { notAStatement } from './faults.ts';
import { isZip } from './packed.ts';
import { isWorkbook, workbookAsCsv } from './workbook.ts';
import { MOST_UNPACKED, unpack, wholeArchive, type ZipEntry, zipEntries } from './zip-directory.ts';

/** A file as it came out of an archive. */
export interface UnpackedFile {
  /** As the archive calls it; null for the one sheet of a workbook, and for what was packed alone. */
  readonly name: string | null;
  readonly bytes: Uint8Array;
}

/**
 * The files in a zip archive, by name, as banks pack one for each account or day; of a workbook the sheet that is named, or its
 * only one, as CSV, also where the workbook lies in an archive. Throws usage NOT_A_STATEMENT for what is broken, locked or too large.
 */
export async function unzipped(
  pieces: Iterable<Uint8Array>,
  sheet: string | null = null,
): Promise<readonly UnpackedFile[]> {
  const archive = wholeArchive(pieces);
  const entries = zipEntries(archive);
  if (isWorkbook(entries)) return [{ name: null, bytes: await workbookAsCsv(archive, sheet) }];
  const files: UnpackedFile[] = [];
  for (const entry of entries.filter(isFile).toSorted(byName)) {
    const bytes = unpack(entry);
    files.push({ name: entry.name, bytes: isZip(bytes) ? await sheetOf(bytes, entry, sheet) : bytes });
  }
  if (files.length === 0) throw notAStatement('It is a zip archive without any file in it.');
  return files;
}

async function sheetOf(bytes: Uint8Array, { name }: ZipEntry, sheet: string | null): Promise<Uint8Array> {
  const archive = wholeArchive([bytes]);
  if (!isWorkbook(zipEntries(archive)))
    throw notAStatement(`${name} is an archive within an archive: unpack it, and hand over what is in it.`);
  return workbookAsCsv(archive, sheet);
}

/** Folders have no content; a Mac packs hidden files along, which say nothing. */
const isFile = ({ name }: ZipEntry): boolean => !/(?:^|\/)(?:\.[^/]*|)$|^__MACOSX\//.test(name);

const byName = (a: ZipEntry, b: ZipEntry): number => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);

/** What was packed with gzip. Throws usage NOT_A_STATEMENT for what is broken or too large. */
export function gunzipped(pieces: Iterable<Uint8Array>): Uint8Array {
  try {
    return gunzipSync(wholeArchive(pieces), { maxOutputLength: MOST_UNPACKED });
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error)) throw error;
    const isTooLarge = error.code === 'ERR_BUFFER_TOO_LARGE';
    throw notAStatement(
      isTooLarge
        ? `It unpacks to more than ${MOST_UNPACKED} bytes: unpack it first, such as with gunzip.`
        : 'It is packed with gzip, but broken: it cannot be unpacked.',
    );
  }
}
