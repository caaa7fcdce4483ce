import { describe, expect, test } from 'vitest';
import { Problem } from '../../src/domain/problem.ts';
import { usableWebhook, wants, webhookBody, withoutSecrets } from '../../src/domain/webhook.ts';

const faultsOf = (url: string, events: readonly string[] = []): readonly string[] => {
  try {
    usableWebhook({ url, events });
    return [];
  } catch (error) {
    if (error instanceof Problem) return error.details.faults ?? [];
    throw error;
  }
};

describe('an address that is told', () => {
  test.each(['https://example.org/x', 'http://127.0.0.1:8080/x', 'http://localhost/x', 'http://[::1]:80/'])(
    '%s may be',
    (url) => {
      expect(faultsOf(url)).toEqual([]);
    },
  );

  test.each([
    ['http://example.org/x', 'is not https'],
    ['http://127.0.0.1.example.org/', 'is not https'],
    ['ftp://localhost/', 'is not https'],
    ['file:///etc/passwd', 'is not https'],
    ['https://jane:secret@example.org/', 'name or password'],
    ['https://example.org/#x', 'never sent'],
    ['example.org', 'is no address'],
    [`https://example.org/${'x'.repeat(500)}`, 'is no address'],
  ])('%s may not', (url, why) => {
    expect(faultsOf(url).join()).toContain(why);
  });

  test('everything that is wrong is said', () => {
    expect(faultsOf('http://a:b@example.org/', ['payment', 'x y'])).toHaveLength(4);
  });
});

test('what is asked for is one event, all of a kind, or everything', () => {
  const asked = (events: readonly string[]) => usableWebhook({ url: 'https://example.org/', events }).events;
  expect(asked([])).toBe('*');
  expect(asked([' Payment.Executed', 'payment.executed', 'fund.*'])).toBe('payment.executed,fund.*');
  expect(
    ['payment.executed', 'payment.failed', 'fund.created', 'funds.x'].map((action) =>
      wants('payment.executed,fund.*', action),
    ),
  ).toEqual([...[true, false, true, false]]);
  expect(wants('*', 'anything.at_all')).toBe(true);
});

test('it is told the event as the chain has it', () => {
  const body = JSON.stringify({
    at: '2026-10-18T06:06:03.950Z',
    actor: 'jane',
    action: 'payment.executed',
    subject: 'pay_7f3k2m',
    ip_address: '10.0.0.1',
    user_agent: 'x',
    payload: { amount_minor: 1 },
  });
  expect(JSON.parse(webhookBody({ chain: 'fund:NBI', seq: 7, hash: 'ab', body }))).toEqual({
    type: 'payment.executed',
    timestamp: '2026-10-18T06:06:03.950Z',
    data: { chain: 'fund:NBI', seq: 7, hash: 'ab', actor: 'jane', subject: 'pay_7f3k2m', payload: { amount_minor: 1 } },
  });
});

describe('an address is shown', () => {
  test.each([
    ['https://example.org/treasury', 'https://example.org/treasury'],
    ['https://example.org/a?token=s3cret', 'https://example.org/a?token=***'],
    ['https://example.org/a?office=ACME&token=s3=cret&', 'https://example.org/a?office=***&token=***&***'],
    ['https://example.org/a?s3cret', 'https://example.org/a?***'],
    ['https://example.org/a?token=', 'https://example.org/a?token='],
    ['https://example.org/a?', 'https://example.org/a'],
    ['https://example.org/a?x=https://jane:s3cret@example.org', 'https://example.org/a?x=***'],
    ['https://jane:s3@cret@example.org/a', 'https://***@example.org/a'],
    ['https://s3cret@example.org:8443', 'https://***@example.org:8443'],
    ['https://example.org/@jane', 'https://example.org/@jane'],
    // What Slack, Discord and Teams give out is the secret itself; words and numbers that people know stay.
    [
      'https://hooks.slack.com/services/T024BE7LD/B08K1ABCDEF/aBcDeFgHiJkLmNoPqRsTuVwX',
      'https://hooks.slack.com/services/T024BE7LD/B08K1ABCDEF/***',
    ],
    [
      'https://discord.com/api/webhooks/1234567890123456789/q-9_Zy8XwVuTsRqPoNmLkJiHgFeDcBa/slack',
      'https://discord.com/api/webhooks/1234567890123456789/***/slack',
    ],
    [
      'https://acme.webhook.office.com/webhookb2/8c1e@7b2f/IncomingWebhook/0123456789abcdef0123456789abcdef/1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed',
      'https://acme.webhook.office.com/webhookb2/8c1e@7b2f/IncomingWebhook/***/***',
    ],
    ['https://a-host-with-a-very-long-name.example.org/x', 'https://a-host-with-a-very-long-name.example.org/x'],
    [`https://example.org/${'a'.repeat(19)}/b`, `https://example.org/${'a'.repeat(19)}/b`],
    [`https://example.org/${'a'.repeat(20)}?x=1`, 'https://example.org/***?x=***'],
  ])('%s without what may be a secret in it', (url, shown) => {
    expect(withoutSecrets(url)).toBe(shown);
    expect(URL.canParse(shown)).toBe(true);
  });

  test('also where it is refused', () => {
    expect(faultsOf('http://jane:s3cret@example.org/?token=s3cret').join()).not.toContain('s3cret');
  });
});
