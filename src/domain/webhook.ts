import type { Backoff } from './backoff.ts';
import { usage } from './problem.ts';
import { quoted } from './quoted.ts';

/** Waits between tries of an address that takes nothing; it is tried until it does, or is removed. */
export const WEBHOOK_BACKOFF: Backoff = { firstMs: 10_000, longestMs: 6 * 60 * 60_000 };

const LONGEST_URL = 500;
const PATTERN = /^(?:\*|[a-z_]+\.(?:\*|[a-z_]+))$/;
const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/**
 * An address that may be told what happens: https, or http where it stays on this machine, without a name or password in it. Throws usage
 * WEBHOOK_INVALID with everything that is wrong.
 */
export function usableWebhook(typed: { readonly url: string; readonly events: readonly string[] }): {
  url: string;
  events: string;
} {
  const events = [...new Set(typed.events.map((word) => word.trim().toLowerCase()))];
  const odd = events.filter((word) => !PATTERN.test(word));
  const faults = [
    ...urlFaults(typed.url),
    ...odd.map((word) => `${quoted(word)} is no event such as payment.executed, payment.* or *`),
  ];
  if (faults.length === 0)
    return { url: new URL(typed.url).href, events: events.length === 0 ? '*' : events.join(',') };
  throw usage('WEBHOOK_INVALID', 'This cannot be told what happens.', {
    unchanged: 'Nothing was added.',
    faults,
    fix: 'treasury webhook add https://example.org/treasury --secret-out FILE',
  });
}

function urlFaults(text: string): string[] {
  if (text.length > LONGEST_URL || !URL.canParse(text))
    return [`${quoted(withoutSecrets(text))} is no address such as https://example.org/treasury`];
  const { protocol, hostname, username, password, hash } = new URL(text);
  const plain = protocol === 'http:' && LOOPBACK.test(hostname);
  return [
    ...(protocol === 'https:' || plain ? [] : [`${quoted(withoutSecrets(text))} is not https`]),
    ...(username === '' && password === ''
      ? []
      : ['an address with a name or password in it is kept by everybody it passes']),
    ...(hash === '' ? [] : ['what follows # is never sent']),
  ];
}

const HIDDEN = '***';

/** Words that people choose for a path are shorter, and so are numbers of accounts and channels. */
const LONG_PART = /[^/]{20,}/g;

/**
 * An address as people, scripts and the audit log see it: what often is a secret in it (a name or password, a long part of its path as
 * Slack, Teams and Discord give it, and every value behind `?`) is hidden, and it can still be told from others. Never what is called.
 */
export function withoutSecrets(url: string): string {
  const [, before = '', query] = /^([^?#]*)(?:\?([^#]*))?/.exec(url) ?? [];
  const [, host = '', path = ''] = /^([^/]*\/\/[^/]*)?(.*)$/s.exec(before.replace(/\/\/[^/]*@/, `//${HIDDEN}@`)) ?? [];
  const named = host + path.replaceAll(LONG_PART, HIDDEN);
  if (query === undefined || query === '') return named;
  const shown = query.split('&').map((part) => {
    const [name = '', value] = part.split(/=(.*)/s);
    return value === undefined ? HIDDEN : `${name}=${value === '' ? '' : HIDDEN}`;
  });
  return `${named}?${shown.join('&')}`;
}

/** Whether somebody who asked for these events wants to be told of one. */
export const wants = (events: string, action: string): boolean =>
  events
    .split(',')
    .some(
      (pattern) =>
        pattern === '*' || pattern === action || (pattern.endsWith('.*') && action.startsWith(pattern.slice(0, -1))),
    );

/** What is told of an event: what happened, when, and all that its link in the audit chain says. */
export function webhookBody(event: {
  readonly chain: string;
  readonly seq: number;
  readonly hash: string;
  readonly body: string;
}): string {
  const { at, action, actor, subject, payload } = JSON.parse(event.body) as Record<string, unknown>;
  return JSON.stringify({
    type: action,
    timestamp: at,
    data: { chain: event.chain, seq: event.seq, hash: event.hash, actor, subject, payload },
  });
}
