import { configKey, readConfig, writeConfig } from '../../gateways/config-file.ts';
import type { Command } from '../command.ts';
import { settingInForce } from './settings.ts';

export const command: Command = {
  path: 'config unset',
  summary: 'Forget one of your own settings',
  arguments: [{ name: 'key', about: 'database_url, tz, color or confirm.type_amount_over' }],
  examples: [{ command: 'treasury config unset tz', about: "see times in the office's zone again" }],
  access: 'open',
  writes: true,
  document: 'setting',
  async run(context, input) {
    const key = configKey(input.text('key'));
    const { configFile } = context.places;
    const { [key]: before, ...rest } = await readConfig(configFile);
    if (before !== undefined && !context.flags.dryRun) await writeConfig(configFile, rest);
    const inForce = settingInForce(context, key);
    const data = inForce.origin === 'config file' ? { key, value: null, origin: 'default' } : inForce;
    return {
      data,
      human: { lines: [`${key}: ${before ?? 'not set'} > not set`], next: ['treasury config list --show-origin'] },
    };
  },
};
