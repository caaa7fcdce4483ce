import { configKey } from '../../gateways/config-file.ts';
import { isOfficeKey } from '../../domain/office-setting.ts';
import type { Command } from '../command.ts';
import { settingInForce } from './settings.ts';

export const command: Command = {
  path: 'config get',
  summary: "One of your own settings, or of the office's, as it is in force",
  arguments: [{ name: 'key', about: 'database_url, tz, color, confirm.type_amount_over, or an office.* key' }],
  examples: [{ command: 'treasury config get database_url', about: 'which database commands use' }],
  access: 'open',
  writes: false,
  document: 'setting',
  async run(context, input) {
    const named = input.text('key');
    const data = isOfficeKey(named)
      ? await (await import('./office-setting.ts')).officeSettingInForce(context, named)
      : settingInForce(context, configKey(named));
    return { data, human: { lines: [data.value ?? ''] } };
  },
};
