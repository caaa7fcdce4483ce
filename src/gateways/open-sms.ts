import { existsSync } from 'node:fs';
import { Problem } from '../domain/problem.ts';
import { africasTalking } from './africas-talking.ts';
import { readSecretFile } from './secret-file.ts';
import type { SmsSender } from './sms.ts';

/** So many texts in a row, each as late as can be, are over before their lease is. */
const DEADLINE_MS = 10_000;

const LIVE = 'https://api.africastalking.com';
const SANDBOX = 'https://api.sandbox.africastalking.com';
const KEYS = ['provider', 'username', 'api_key', 'sender', 'base_url'] as const;
const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/**
 * The way to send texts that `gateways/sms.toml` names: `provider = "africastalking"`, `username`, `api_key`, and perhaps `sender`
 * and `base_url`. Throws refused SMS_NOT_SET_UP without the file, SMS_SETTINGS_INVALID with every fault, and never a value of it.
 */
export async function openSms(file: string): Promise<SmsSender> {
  if (!existsSync(file))
    throw new Problem('refused', 'SMS_NOT_SET_UP', `Texts cannot be sent from this machine: there is no ${file}.`, {
      unchanged: 'Nothing was sent.',
      fix: writeIt(file),
    });
  const table = await tableIn(file);
  const value = (key: (typeof KEYS)[number]): string => {
    const found = table[key];
    return typeof found === 'string' ? found.trim() : '';
  };
  const username = value('username');
  const baseUrl = value('base_url') || (username === 'sandbox' ? SANDBOX : LIVE);
  const faults = [
    ...Object.keys(table).flatMap((key) =>
      KEYS.some((known) => known === key) ? [] : [`${JSON.stringify(key.slice(0, 40))} is not known`],
    ),
    ...Object.entries(table).flatMap(([key, found]) =>
      typeof found === 'string' ? [] : [`${JSON.stringify(key.slice(0, 40))} is no text`],
    ),
    ...(value('provider') === 'africastalking' ? [] : ['provider is not "africastalking"']),
    ...(username === '' ? ['username is missing'] : []),
    ...(value('api_key') === '' ? ['api_key is missing'] : []),
    ...(safeUrl(baseUrl) ? [] : ['base_url is neither https nor on this machine']),
  ];
  if (faults.length > 0) throw invalid(file, faults);
  const sender = value('sender');
  return africasTalking({
    ...{ baseUrl, username, apiKey: value('api_key'), deadlineMs: DEADLINE_MS },
    sender: sender === '' ? null : sender,
  });
}

async function tableIn(file: string): Promise<Readonly<Record<string, unknown>>> {
  const { text, readableByOthers } = await readSecretFile(file).catch((error: unknown) => {
    if (!(error instanceof Problem)) throw error;
    throw new Problem('refused', 'SMS_SETTINGS_INVALID', error.message, {
      unchanged: 'Nothing was sent.',
      fix: `make it a file of whoever runs the worker, then chmod 600 ${file}`,
    });
  });
  if (readableByOthers && process.platform !== 'win32')
    throw invalid(file, ['others can read it'], `chmod 600 ${file}`);
  const { parse } = await import('smol-toml');
  try {
    return parse(text);
  } catch {
    // The parser's own words quote the file.
    throw invalid(file, ['it is no TOML']);
  }
}

/** The key goes to it: over TLS, or to this machine. */
function safeUrl(text: string): boolean {
  const url = URL.parse(text);
  return url !== null && (url.protocol === 'https:' || (url.protocol === 'http:' && LOOPBACK.test(url.hostname)));
}

const writeIt = (file: string): string => `write provider, username and api_key into ${file} and chmod 600 it`;

const invalid = (file: string, faults: readonly string[], fix = writeIt(file)): Problem =>
  new Problem('refused', 'SMS_SETTINGS_INVALID', `${file} cannot be used: ${faults.join('; ')}.`, {
    unchanged: 'Nothing was sent.',
    fix,
  });
