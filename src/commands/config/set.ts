import { configKey, readConfig, writeConfig } from '../../gateways/config-file.ts';
import type { Command } from '../command.ts';
import { refuseUnfit, settingInForce } from './settings.ts';

export const command: Command = {
  path: 'config set',
  summary: 'Keep one of your own settings',
  arguments: [
    { name: 'key', about: 'database_url, tz, color or confirm.type_amount_over' },
    { name: 'value', about: 'what it shall be' },
  ],
  examples: [
    {
      command: 'treasury config set confirm.type_amount_over 100000',
      about: 'larger amounts are typed to confirm them',
    },
    { command: 'treasury config set tz Africa/Nairobi', about: 'see times in this zone' },
  ],
  access: 'open',
  writes: true,
  document: 'setting',
  async run(context, input) {
    const key = configKey(input.text('key'));
    const value = input.text('value').trim();
    refuseUnfit(key, value);
    const { configFile } = context.places;
    const before = await readConfig(configFile);
    if (!context.flags.dryRun) await writeConfig(configFile, { ...before, [key]: value });
    const inForce = settingInForce(context, key);
    const hidden = inForce.origin === 'flag' || inForce.origin === 'environment';
    return {
      data: hidden ? inForce : { key, value, origin: 'config file' },
      warnings: hidden
        ? [`The ${inForce.origin} says ${inForce.value ?? ''}, which comes before the config file.`]
        : [],
      human: {
        lines: [`${key}: ${before[key] ?? 'not set'} > ${value}`],
        next: ['treasury config list --show-origin'],
      },
    };
  },
};
