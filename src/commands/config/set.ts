import { configKey, readConfig, writeConfig } from '../../gateways/config-file.ts';
import { isOfficeKey } from '../../domain/office-setting.ts';
import type { Command } from '../command.ts';
import { refuseUnfit, settingInForce } from './settings.ts';

export const command: Command = {
  path: 'config set',
  summary: "Keep one of your own settings, or (admins) one of the office's",
  details:
    "office.mail_url, office.mail_from and office.timezone are the office's: no environment and no config file override them. " +
    'Once the office has paid, changing one is a change that somebody else confirms.',
  arguments: [
    { name: 'key', about: 'database_url, tz, color, confirm.type_amount_over, or an office.* key' },
    { name: 'value', about: 'what it shall be' },
  ],
  examples: [
    {
      command: 'treasury config set confirm.type_amount_over 100000',
      about: 'larger amounts are typed to confirm them',
    },
    { command: 'treasury config set tz Africa/Nairobi', about: 'see times in this zone' },
    {
      command: 'treasury config set office.mail_from "Treasury <pay@acme.example>"',
      about: 'an admin: the sender of mails',
    },
  ],
  access: 'open',
  writes: true,
  document: 'setting',
  async run(context, input) {
    const named = input.text('key');
    if (isOfficeKey(named)) {
      const { setOfficeSetting } = await import('./office-setting.ts');
      return setOfficeSetting(context, named, input.text('value').trim());
    }
    const key = configKey(named);
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
