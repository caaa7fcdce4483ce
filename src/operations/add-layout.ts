import { requireAbility, type Actor } from '../domain/access.ts';
import { isLayoutName, MOST_LAYOUT_BYTES, readLayout } from '../domain/bank-file/layout-file.ts';
import { type LayoutPreview, layoutPreview } from '../domain/bank-file/layout-preview.ts';
import { Problem, usage } from '../domain/problem.ts';
import { quoted } from '../domain/quoted.ts';
import { requirePerson } from '../domain/token.ts';
import { faultsInPlace, parseDocument } from '../gateways/written-document.ts';
import { canonicalJson, recordOfficeEvent } from '../store/audit-chain.ts';
import { findLayout, insertLayout } from '../store/bank-layouts.ts';
import { getOfficeZone, lockOffice } from '../store/office.ts';
import type { Store } from '../store/store.ts';
import { layoutView, shippedLayout, type LayoutView } from './bank-layouts.ts';

/** A layout as it is now, and what a file in it looks like; `changed` is false where it was so before. */
export interface AddedLayout {
  readonly view: LayoutView;
  readonly preview: LayoutPreview;
  readonly changed: boolean;
}

/**
 * Adds a layout to the office, or a version to one of its own: the newest is used from then on, and files keep what they were written
 * by. By a person who may say that money did not leave, for a layout says by which words a bank does. Throws usage LAYOUT_INVALID with
 * every fault and where it stands, conflict LAYOUT_EXISTS for a name of the tool's, forbidden.
 */
export async function addLayout(
  store: Store,
  actor: Actor,
  { name, text }: { readonly name: string; readonly text: string },
): Promise<AddedLayout> {
  requireAbility(actor, 'payment.declare_not_paid');
  requirePerson(actor);
  const { layout, written } = await usableLayout(name, text);
  if (shippedLayout(name) !== undefined)
    throw new Problem('conflict', 'LAYOUT_EXISTS', `The layout ${name} comes with the tool.`, {
      unchanged: UNCHANGED,
      fix: `give another name; what it says: treasury bankfile layout show ${name}`,
    });
  return store.write(async (tx) => {
    await lockOffice(tx);
    const { currency } = await getOfficeZone(tx);
    const preview = layoutPreview(layout, currency);
    const before = await findLayout(tx, name, null);
    const body = canonicalJson(written);
    if (before?.body === body) return { view: layoutView(before), preview, changed: false };
    const version = (before?.version ?? 0) + 1;
    await insertLayout(tx, { name, version, body, createdBy: actor.userId, createdAt: tx.now });
    await recordOfficeEvent(tx, {
      actor: actor.username,
      action: 'bank_layout.added',
      subject: name,
      origin: actor.origin,
      payload: { version, layout: written },
    });
    const made = { by: actor.username, byId: actor.userId, at: tx.now };
    return { view: { layout, version, made }, preview, changed: true };
  });
}

const UNCHANGED = 'Nothing was saved.';

async function usableLayout(name: string, text: string) {
  const named = isLayoutName(name)
    ? []
    : [`${quoted(name)} is no name: small letters, digits and hyphens, at most 40, beginning with a letter`];
  const parsed = await parseDocument(text, MOST_LAYOUT_BYTES);
  if ('fault' in parsed) throw invalid([...named, parsed.fault]);
  const read = readLayout(name, parsed.document);
  const faults = [...named, ...('faults' in read ? faultsInPlace(read.faults, parsed.lineOf) : [])];
  if ('faults' in read || faults.length > 0) throw invalid(faults);
  return { layout: read.layout, written: parsed.document as Readonly<Record<string, unknown>> };
}

const invalid = (faults: readonly string[]): Problem =>
  usage(
    'LAYOUT_INVALID',
    faults.length === 1
      ? `This is no layout: ${faults[0] ?? ''}.`
      : `This is no layout: ${faults.length} things are wrong.`,
    { unchanged: UNCHANGED, faults, fix: 'treasury bankfile layout add --help' },
  );
