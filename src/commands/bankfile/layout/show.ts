import { layoutPreview } from '../../../domain/bank-file/layout-preview.ts';
import { usage } from '../../../domain/problem.ts';
import { quoted } from '../../../domain/quoted.ts';
import { bankLayoutDocument } from '../../../documents/bank-layout.ts';
import { getLayout } from '../../../operations/bank-layouts.ts';
import { getOfficeZone } from '../../../store/office.ts';
import type { Command } from '../../command.ts';
import { LAYOUT_COLUMNS, layoutCard } from './card.ts';

export const command: Command = {
  path: 'bankfile layout show',
  summary: 'Show what a layout says, and what a file in it looks like',
  arguments: [{ name: 'name', about: 'the layout' }],
  options: [{ flags: '--version <n>', about: 'a version of it (default the newest)' }],
  examples: [{ command: 'treasury bankfile layout show generic', about: 'its columns, and what they hold' }],
  access: 'books.read',
  writes: false,
  document: 'bank_layout',
  async run(context, input) {
    await context.actor();
    const version = versionIn(input.optional('version'));
    const { view, currency } = await (
      await context.store()
    ).read(async (tx) => ({
      view: await getLayout(tx, input.text('name'), version),
      currency: (await getOfficeZone(tx)).currency,
    }));
    const preview = layoutPreview(view.layout, currency);
    const data = bankLayoutDocument(view, preview.lines);
    return {
      data,
      human: {
        lines: preview.lines,
        card: layoutCard(data, await context.zone()),
        list: { columns: LAYOUT_COLUMNS, rows: data.columns, footer: [], empty: '' },
      },
    };
  },
};

function versionIn(text: string | undefined): number | null {
  if (text === undefined) return null;
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw usage('VERSION_INVALID', `${quoted(text)} is not a version of a layout.`, {
    fix: 'treasury bankfile layout show NAME --version 1',
  });
}
