import { placeDocument, type PlaceDocument } from '../../documents/place.ts';
import { listPlaces } from '../../store/places.ts';
import type { Column } from '../../terminal/list.ts';
import type { Command } from '../command.ts';

const COLUMNS: readonly Column<PlaceDocument>[] = [
  {
    key: 'code',
    title: 'Place',
    value: (place) => `${'  '.repeat(place.depth)}${place.code}`,
    csv: (place) => place.code,
    priority: 1,
  },
  { key: 'kind', title: 'Kind', value: (place) => place.kind, priority: 3 },
  { key: 'name', title: 'Name', value: (place) => place.name, priority: 2 },
  {
    key: 'funds',
    title: 'Funds',
    value: (place) => (place.funds.length === 0 ? null : place.funds.join(', ')),
    priority: 2,
  },
];

export const command: Command = {
  path: 'org tree',
  summary: 'Companies, regions and branches, with their funds',
  examples: [{ command: 'treasury org tree', about: 'where everything stands' }],
  access: 'anyone',
  writes: false,
  document: 'place',
  async run(context) {
    const { grants } = await context.actor();
    const places = await (await context.store()).read((tx) => listPlaces(tx, grants));
    const rows = places.map(placeDocument);
    const footer = [`${rows.length} ${rows.length === 1 ? 'place' : 'places'}`];
    return {
      data: rows,
      page: { next: null, count: rows.length, totals: {} },
      human: { list: { columns: COLUMNS, rows, footer, empty: 'No company of yours.' } },
    };
  },
};
