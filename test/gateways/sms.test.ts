import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { africasTalking } from '../../src/gateways/africas-talking.ts';
import { openSms } from '../../src/gateways/open-sms.ts';
import { problemOf } from '../support/an-office.ts';
import { startSmsProvider, type Behaviour, type SmsProvider } from '../support/sms-provider.ts';

const KEY = 'atsk_4f1e9c';
const SMS = { to: '+254712345678', text: 'pay_7f3k2m of fund NBI failed, by carol.' };

let provider: SmsProvider;
let directory: string;
beforeEach(async () => {
  provider = await startSmsProvider();
  directory = mkdtempSync(path.join(os.tmpdir(), 'treasury-sms-'));
});
afterEach(async () => {
  await provider.close();
  rmSync(directory, { recursive: true });
});

const send = (behaviour: Behaviour) => {
  provider.behaviour = behaviour;
  return africasTalking({
    ...{ baseUrl: provider.url, username: 'acme', apiKey: KEY, sender: 'ACME', deadlineMs: 200 },
  }).send(SMS);
};
const settings = (text: string, mode = 0o600): string => {
  const file = path.join(directory, 'sms.toml');
  writeFileSync(file, text, { mode });
  return file;
};

describe('a text', () => {
  test('is one form to the messaging address, with the key in a header only', async () => {
    expect(await send({ code: 101, status: 'Success' })).toEqual({ kind: 'taken' });
    const form = { username: 'acme', to: SMS.to, message: SMS.text, from: 'ACME' };
    expect(provider.asked).toEqual([{ path: 'POST /version1/messaging', key: KEY, form }]);
  });

  test.each([100, 101, 102])('is taken with the code %i', async (code) => {
    expect((await send({ code, status: 'Success' })).kind).toBe('taken');
  });

  test.each([
    [403, 'InvalidPhoneNumber'],
    [404, 'UnsupportedNumberType'],
    [406, 'UserInBlacklist'],
    [409, 'DoNotDisturbRejection'],
  ])('is refused for good with the code %i', async (code, status) => {
    expect(await send({ code, status })).toEqual({ kind: 'refused', reason: `${status} (${code})` });
  });

  test.each([
    [401, 'RiskHold'],
    [402, 'InvalidSenderId'],
    [405, 'InsufficientBalance'],
    [407, 'CouldNotRoute'],
    [500, 'InternalServerError'],
    [999, 'NobodyKnows'],
  ])('is sent again later with the code %i', async (code, status) => {
    expect(await send({ code, status })).toEqual({ kind: 'later', reason: `${status} (${code})` });
  });

  test.each([
    ['the key is refused', { http: 401, body: `no ${KEY}` }, 'it answered 401: no (left out)'],
    ['the provider is ill', { http: 503, body: '<html>\n\u001B[2Jill' }, 'it answered 503: <html> [2Jill'],
    ['it redirects', { http: 302, body: '' }, 'it answered 302: '],
    ['its answer cannot be read', { http: 201, body: 'Sent' }, 'its answer says nothing of this phone'],
    [
      'it answers for another phone',
      { http: 201, body: '{"SMSMessageData":{"Recipients":[{"number":"+254700000000","statusCode":101}]}}' },
      'its answer says nothing of this phone',
    ],
    [
      'it names nobody and says why',
      { http: 201, body: '{"SMSMessageData":{"Message":"InvalidSenderId","Recipients":[]}}' },
      'InvalidSenderId',
    ],
    ['it never answers', 'silent', 'no answer within 0.2 s'],
    ['it breaks off', 'broken', 'not reached (UND_ERR_SOCKET)'],
  ] as const)('is sent again later when %s', async (_, behaviour, reason) => {
    expect(await send(behaviour)).toEqual({ kind: 'later', reason });
    expect(provider.asked).toHaveLength(1);
  });
});

describe('the settings of this machine', () => {
  const whole = () =>
    `provider = "africastalking"\nusername = "acme"\napi_key = "${KEY}"\nbase_url = "${provider.url}"\n`;

  test('lead to the provider', async () => {
    expect(await (await openSms(settings(whole()))).send(SMS)).toEqual({ kind: 'taken' });
    expect(provider.asked[0]?.form['from']).toBeUndefined();
  });

  test('that are not there are named with the file', async () => {
    const problem = await problemOf(openSms(path.join(directory, 'sms.toml')));
    expect(problem).toMatchObject({ code: 'SMS_NOT_SET_UP', details: { fix: expect.stringContaining('sms.toml') } });
  });

  test('that others can read are refused', async () => {
    expect(await problemOf(openSms(settings(whole(), 0o644)))).toMatchObject({
      code: 'SMS_SETTINGS_INVALID',
      message: expect.stringContaining('others can read it'),
      details: { fix: expect.stringMatching(/^chmod 600 .*sms\.toml$/) },
    });
  });

  test('have every fault named at once, and no value', async () => {
    const text = 'provider = "pigeon"\nbase_url = "http://evil.example"\nspeed = 3\nsender = 7\n';
    const { code, message } = await problemOf(openSms(settings(text)));
    expect(code).toBe('SMS_SETTINGS_INVALID');
    for (const fault of [
      '"speed" is not known',
      '"sender" is no text',
      'provider is not "africastalking"',
      'username is missing',
      'api_key is missing',
      'base_url is neither https nor on this machine',
    ])
      expect(message).toContain(fault);
    expect(message).not.toContain('evil');
  });

  test('that are no TOML are not repeated', async () => {
    const { code, message } = await problemOf(openSms(settings(`api_key = ${KEY} =`)));
    expect(code).toBe('SMS_SETTINGS_INVALID');
    expect(message).not.toContain(KEY);
  });
});
