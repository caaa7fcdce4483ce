import type { SettingDocument } from '../../documents/setting.ts';
import type { Column } from '../../terminal/list.ts';
import type { Command } from '../command.ts';
import { settingsInForce } from './settings.ts';

const COLUMNS: readonly Column<SettingDocument>[] = [
  { key: 'key', title: 'Setting', kind: 'whole', value: (setting) => setting.key, priority: 1 },
  { key: 'value', title: 'Value', value: (setting) => setting.value, priority: 1 },
];
const ORIGIN: Column<SettingDocument> = {
  key: 'origin',
  title: 'From',
  value: (setting) => setting.origin,
  priority: 2,
};

export const command: Command = {
  path: 'config list',
  summary: 'Your own settings, as they are in force',
  details: 'A flag comes before the environment, that before the config file, that before the default.',
  options: [{ flags: '--show-origin', about: 'also say where each comes from' }],
  examples: [{ command: 'treasury config list --show-origin', about: 'every setting and who says so' }],
  access: 'open',
  writes: false,
  document: 'setting',
  async run(context, input) {
    const rows = settingsInForce(context);
    const columns = input.flag('showOrigin') ? [...COLUMNS, ORIGIN] : COLUMNS;
    return {
      data: rows,
      page: { next: null, count: rows.length, totals: {} },
      human: {
        list: {
          columns,
          rows,
          footer: [
            `Config file: ${context.places.configFile}`,
            'The office has its own (office.mail_url, office.mail_from, office.timezone): treasury config get office.mail_url',
          ],
          empty: 'No settings.',
        },
      },
    };
  },
};
