import { CSV_LAYOUTS, type CsvLayout } from '../domain/bank-file/csv-layout.ts';
import { readLayout } from '../domain/bank-file/layout-file.ts';
import { notFound } from '../domain/problem.ts';
import { quoted } from '../domain/quoted.ts';
import { findLayout, listLayouts, type StoredLayout } from '../store/bank-layouts.ts';
import type { Tx } from '../store/transaction.ts';

/** A layout: a version of one of the office's, or one that comes with the tool, which has no version and nobody made. */
export interface LayoutView {
  readonly layout: CsvLayout;
  readonly version: number | null;
  readonly made: { readonly by: string; readonly byId: string; readonly at: Date } | null;
}

/** Every layout there is, in its newest version: those that come with the tool, then those of the office, by name. */
export async function allLayouts(tx: Tx): Promise<LayoutView[]> {
  const shipped = CSV_LAYOUTS.map((layout) => ({ layout, version: null, made: null }));
  return [...shipped, ...(await listLayouts(tx)).map(layoutView)];
}

/** The layout that comes with the tool under this name. */
export const shippedLayout = (name: string): CsvLayout | undefined =>
  CSV_LAYOUTS.find((layout) => layout.name === name);

/** The layout of this name, in its newest version unless one is said. Throws not found with the names that there are. */
export async function getLayout(tx: Tx, name: string, version: number | null = null): Promise<LayoutView> {
  const shipped = shippedLayout(name);
  if (shipped !== undefined && version === null) return { layout: shipped, version: null, made: null };
  const own = shipped === undefined ? await findLayout(tx, name, version) : undefined;
  if (own !== undefined) return layoutView(own);
  const names = (await allLayouts(tx)).map((view) =>
    view.version === null ? view.layout.name : `${view.layout.name} (version ${view.version})`,
  );
  const wanted = version === null ? quoted(name) : `${quoted(name)} of version ${version}`;
  throw notFound('layout', `${wanted}; there are ${names.join(', ')}`, 'treasury bankfile layout list');
}

/** A stored version as it is read. Throws for one that should not have been stored. */
export function layoutView({ name, version, body, createdBy, createdById, createdAt }: StoredLayout): LayoutView {
  const read = readLayout(name, JSON.parse(body));
  if ('faults' in read) throw new Error(`the layout ${name}, version ${version}, cannot be read any more`);
  return { layout: read.layout, version, made: { by: createdBy, byId: createdById, at: createdAt } };
}
