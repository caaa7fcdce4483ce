import { configKey } from '../../gateways/config-file.ts';
import type { Command } from '../command.ts';
import { settingInForce } from './settings.ts';

export const command: Command = {
  path: 'config get',
  summary: 'One of your own settings, as it is in force',
  arguments: [{ name: 'key', about: 'database_url, tz, color or confirm.type_amount_over' }],
  examples: [{ command: 'treasury config get database_url', about: 'which database commands use' }],
  access: 'open',
  writes: false,
  document: 'setting',
  async run(context, input) {
    const data = settingInForce(context, configKey(input.text('key')));
    return { data, human: { lines: [data.value ?? ''] } };
  },
};
